import test from "ava";
import { encodeText, portableText } from "../../modules/wire/text.js";
import { textSuite } from "../hosts/text.suite.js";
import { toHex } from "../support/hex.js";

textSuite("portable text", portableText);

test("a text becomes an array of just its bytes", t => {
	t.is(toHex(encodeText(portableText, "")), "");
	t.is(toHex(encodeText(portableText, "aé日\u{1f600}")), "61c3a9e697a5f09f9880");
});
