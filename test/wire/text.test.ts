import { portableText } from "../../modules/wire/text.js";
import { textSuite } from "../hosts/text.suite.js";

textSuite("portable text", portableText);
