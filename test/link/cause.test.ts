import test from "ava";
import { Cause, backOff, causeNames, closeCause, refusalCause } from "../../modules/link/cause.js";

// The longest wait after one failure, after four, and after a thousand.
const bounds: [keyof typeof Cause, number, number, number][] = [
	["name", 1_000, 8_000, 60_000],
	["unreachable", 1_000, 8_000, 60_000],
	["refused", 10_000, 80_000, 600_000],
	["busy", 5_000, 40_000, 120_000],
	["closed", 2_000, 16_000, 60_000],
	["silent", 1_000, 8_000, 60_000],
	["duplicate", 30_000, 240_000, 600_000],
	["protocol", 5_000, 40_000, 300_000],
	["credentials", 5_000, 40_000, 300_000],
	["network", 1_000, 1_000, 1_000],
	["fault", 5_000, 40_000, 60_000],
	["tls", 5_000, 40_000, 300_000],
	["moved", 10_000, 80_000, 600_000],
];
for (const [name, first, fourth, longest] of bounds)
	test(`back-off: ${name}: up to ${first} ms, doubling, up to ${longest} ms`, t => {
		const cause = Cause[name];
		t.is(causeNames[cause], name);
		for (const [failures, bound] of [
			[1, first],
			[4, fourth],
			[1_000, longest],
		] as const) {
			t.is(backOff(cause, failures, 0), 0);
			t.is(backOff(cause, failures, 0x8000_0000), bound / 2);
			t.is(backOff(cause, failures, 0xffff_ffff), bound - 1);
		}
	});

test("back-off: every cause has one", t => {
	t.is(bounds.length, causeNames.length);
});

test("cause: what a reason code of a refusal or of a DISCONNECT means", t => {
	const rows: [number, Cause, Cause][] = [
		[0x00, Cause.refused, Cause.closed],
		[0x84, Cause.refused, Cause.closed],
		[0x87, Cause.refused, Cause.closed],
		[0x88, Cause.busy, Cause.busy],
		[0x89, Cause.busy, Cause.busy],
		[0x8a, Cause.refused, Cause.closed],
		[0x8b, Cause.busy, Cause.busy],
		[0x8d, Cause.refused, Cause.closed],
		[0x8e, Cause.duplicate, Cause.duplicate],
		[0x97, Cause.busy, Cause.busy],
		[0x9f, Cause.busy, Cause.busy],
	];
	for (const [reason, refusal, close] of rows) {
		t.is(refusalCause(reason), refusal, `refused ${reason}`);
		t.is(closeCause(reason), close, `closed ${reason}`);
	}
});
