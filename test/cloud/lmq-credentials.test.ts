import test from "ava";
import { checkTokens, parseTokens, signLmq, tokenPassword } from "../../modules/cloud/lmq-credentials.js";
import { portableText } from "../../modules/wire/text.js";
import { ScriptedHost } from "../support/scripted-host.js";

/** The first is in public use; the others were computed with another implementation. */
const signatures: [title: string, secret: string, clientId: string, password: string][] = [
	["a published one", "XXXXX", "GID_Test@@@0001", "vI009IZJZVGRwBwZvnbwjfuXxVM="],
	["RFC 2202, 2", "Jefe", "what do ya want for nothing?", "7/zfauXrL6LSdBbV8YTfnCWafHk="],
	["a key longer than a block", "k".repeat(80), "GID_Test@@@0001", "2O2d2K7bCpJmJ68itvhl+qmCwzE="],
	["a key in UTF-8", "密钥", "GID_Test@@@0001", "zRypY4x3cE3fZAH+vx7SqKXUBLU="],
];

for (const [title, secret, clientId, password] of signatures)
	test(`LMQ: a signature: ${title}`, t => {
		for (const kind of ["Signature", "DeviceCredential"] as const) {
			const credential = { kind, accessKey: "YYYYY", secret };
			const signed = signLmq(new ScriptedHost(), credential, "mqtt-xxxxx", clientId);
			t.is(signed.username, `${kind}|YYYYY|mqtt-xxxxx`);
			t.is(portableText.read(signed.password!, 0, signed.password!.length), password);
		}
	});

test("LMQ: the tokens of a password, both ways", t => {
	for (const password of ["R|123", "R|123|W|abcd", "RW|LzMT+a/b=="])
		t.is(tokenPassword(parseTokens(password)), password);
});

for (const [password, rule] of [
	["", /^token: it is R\|<token>, W\|<token> or RW\|<token>, or several with \| between two$/],
	["hush", /it is R/],
	["X|hush", /it is R/],
	["R|", /it is R/],
	["R|hush|W", /it is R/],
	["R|hush|R|hush", /^token: there are two of type R$/],
] as const)
	test(`LMQ: no tokens: ${password.replaceAll("hush", "…")}`, t => {
		const error = t.throws(() => parseTokens(password), { instanceOf: RangeError, message: rule });
		t.false(error!.message.includes("hush"));
	});

test("LMQ: tokens of an application are held against the same rules", t => {
	t.throws(() => checkTokens([]), { instanceOf: RangeError, message: "token: there is none" });
	t.throws(() => checkTokens([{ type: "R", token: "a|b" }]), { instanceOf: RangeError });
});
