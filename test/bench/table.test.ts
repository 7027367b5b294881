// node only
// The harness itself: what a ratio is, when a goal is met, and what counts as a regression.

import test from "ava";
import { readText } from "../support/source.js";
import { median, spread } from "./statistics.js";
import { compareExact, exactFigures, isMet, plainRows, ratioOf, tableOf, type Row } from "./table.js";

const time: Row = {
	name: "encode",
	unit: "ns",
	ours: 50,
	peer: 400,
	peerName: "peer 1.0",
	goal: { times: 8 },
};
const rate: Row = { ...time, unit: "acked/s", isRate: true, goal: { times: 1 } };
const size: Row = { name: "codec", unit: "bytes", ours: 100, goal: { most: 100 }, isExact: true };

const cases = [
	{ title: "less time is better", row: time, ratio: 8, met: true },
	{ title: "a goal that is just missed", row: { ...time, ours: 51 }, ratio: 400 / 51, met: false },
	{ title: "a higher rate is better", row: rate, ratio: 50 / 400, met: false },
	{ title: "the ratio of the rounds comes first", row: { ...time, ratio: 9 }, ratio: 9, met: true },
	{ title: "a bound may be reached", row: size, ratio: undefined, met: true },
	{ title: "a bound may not be passed", row: { ...size, ours: 101 }, ratio: undefined, met: false },
	{
		title: "without a goal nothing is met",
		row: { ...size, goal: undefined },
		ratio: undefined,
		met: undefined,
	},
];

for (const { title, row, ratio, met } of cases) {
	test(`bench: ${title}`, t => {
		t.is(ratioOf(row as Row), ratio);
		t.is(isMet(row as Row), met);
	});
}

test("bench: programs get every field of a row, null where there is nothing", t => {
	t.deepEqual(plainRows([size]), [
		{
			name: "codec",
			unit: "bytes",
			ours: 100,
			peer: null,
			peerName: null,
			ratio: null,
			goal: "≤ 100",
			met: true,
		},
	]);
});

test("bench: a peer that is infinitely worse has no ratio", t => {
	t.is(plainRows([{ ...time, ours: 0 }])[0]!.ratio, null);
});

test("bench: the table has a line for each row, all of one width", t => {
	const lines = tableOf([time, rate, size]).split("\n");
	t.is(lines.length, 5);
	t.is(new Set(lines.map(line => line.length)).size, 1);
	t.regex(lines[3]!, /\| NO/);
});

test("bench: only exact rows are kept", t => {
	t.deepEqual(exactFigures([time, size]), { "codec, bytes": 100 });
});

const changes = [
	{ title: "the same is neither", ours: 1000, before: 1000, regressions: 0, improvements: 0 },
	{ title: "3 % more is borne", ours: 1030, before: 1000, regressions: 0, improvements: 0 },
	{ title: "over 3 % is a regression", ours: 1031, before: 1000, regressions: 1, improvements: 0 },
	{ title: "anything over 0 is a regression", ours: 1, before: 0, regressions: 1, improvements: 0 },
	{ title: "less is an improvement", ours: 999, before: 1000, regressions: 0, improvements: 1 },
	{
		title: "what was never kept is a regression",
		ours: 1,
		before: undefined,
		regressions: 1,
		improvements: 0,
	},
];

for (const { title, ours, before, ...counts } of changes) {
	test(`bench: ${title}`, t => {
		const found = compareExact({ a: ours }, before === undefined ? {} : { a: before });
		t.is(found.regressions.length, counts.regressions);
		t.is(found.improvements.length, counts.improvements);
	});
}

test("bench: what exact.json keeps is numbers", t => {
	const kept = Object.values(JSON.parse(readText("test/bench/exact.json")!) as Record<string, unknown>);
	t.true(kept.length > 20);
	t.true(kept.every(value => typeof value === "number" && value >= 0));
});

test("bench: the median, and how far the middle half lies apart", t => {
	t.is(median([3, 1, 2]), 2);
	t.is(median([4, 1, 2, 3]), 2.5);
	t.is(spread([100, 100, 100, 100]), 0);
	t.is(spread([90, 100, 100, 110, 500]), 10);
});
