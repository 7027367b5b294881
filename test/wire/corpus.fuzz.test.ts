// What hostile bytes once did, or came near to: each row of the corpus keeps it from coming back.

import test from "ava";
import { portableText } from "../../modules/wire/text.js";
import { corpus } from "../fuzz/corpus/corpus.js";
import { Farm } from "../fuzz/farm.js";
import { hex } from "../support/hex.js";

test("corpus: each row is met with packets or one refusal, and the next connection comes to be", t => {
	const { lanes } = new Farm(1, portableText);
	for (const [name, bytes, why] of corpus) {
		const target = lanes.find(lane => lane.target.name === name)?.target;
		if (target === undefined) throw new RangeError(`there is no target ${name}`);
		t.notThrows(() => target.run(hex(bytes)), why);
		// The next run proves that this one has done no harm.
		t.notThrows(() => target.run(Uint8Array.of(1)), why);
	}
});

test("corpus: each row says why it is kept, and none is there twice", t => {
	t.is(new Set(corpus.map(([, , why]) => why)).size, corpus.length);
	for (const [, , why] of corpus) t.true(why.length > 10);
});
