/** One figure of ours beside the same figure of a peer, and what it should be. */
export interface Row {
	name: string;
	unit: string;
	ours: number;
	/** Of the same work in the same run, unless its name says that it is quoted. */
	peer?: number;
	peerName?: string;
	/** A bound on our figure, or on how many times we are better. */
	goal?: { most: number } | { times: number };
	/** For rates, where more is better. */
	isRate?: boolean;
	/** The same in each run, so that it may not grow. */
	isExact?: boolean;
	/** How far rounds lie apart, in percent. */
	spread?: number;
	/** The median of the ratios of each round, where ours and the peer's took turns. */
	ratio?: number;
}

/** How a row is told to programs; null where there is nothing. */
export interface PlainRow {
	name: string;
	unit: string;
	ours: number;
	peer: number | null;
	peerName: string | null;
	ratio: number | null;
	goal: string | null;
	met: boolean | null;
}

/** An exact figure that has grown by more than this share is a regression. */
const tolerance = 0.03;

/** How many times we are better than the peer. */
export function ratioOf({ ours, peer, isRate, ratio }: Row): number | undefined {
	if (peer === undefined || ratio !== undefined) return ratio;
	return isRate === true ? ours / peer : peer / ours;
}

export function isMet(row: Row): boolean | undefined {
	const { goal, ours } = row;
	if (goal === undefined) return undefined;
	if ("most" in goal) return ours <= goal.most;
	const ratio = ratioOf(row);
	return ratio === undefined ? undefined : ratio >= goal.times;
}

export function plainRows(rows: readonly Row[]): PlainRow[] {
	return rows.map(row => {
		const ratio = ratioOf(row);
		return {
			name: row.name,
			unit: row.unit,
			ours: rounded(row.ours),
			peer: row.peer === undefined ? null : rounded(row.peer),
			peerName: row.peerName ?? null,
			ratio: ratio === undefined || !Number.isFinite(ratio) ? null : rounded(ratio),
			goal: goalText(row) ?? null,
			met: isMet(row) ?? null,
		};
	});
}

/** The rows for people, as a table of Markdown. */
export function tableOf(rows: readonly Row[]): string {
	const head = ["figure", "unit", "ours", "±%", "peer", "whose", "ratio", "goal", "met"];
	const cells = rows.map(row => {
		const ratio = ratioOf(row);
		const met = isMet(row);
		return [
			row.name,
			row.unit,
			numberText(row.ours),
			row.spread === undefined ? "" : row.spread.toFixed(0),
			row.peer === undefined ? "" : numberText(row.peer),
			row.peerName ?? "",
			ratio === undefined || !Number.isFinite(ratio) ? "" : `${numberText(ratio)}×`,
			goalText(row) ?? "",
			met === undefined ? "" : met ? "yes" : "NO",
		];
	});
	const widths = head.map((name, i) => Math.max(name.length, ...cells.map(row => row[i]!.length)));
	const line = (row: string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
	const rule = `|${widths.map(width => "-".repeat(width + 2)).join("|")}|`;
	return [line(head), rule, ...cells.map(line)].join("\n");
}

/** The exact figures by name, as test/bench/exact.json keeps them. */
export function exactFigures(rows: readonly Row[]): Record<string, number> {
	return Object.fromEntries(
		rows.filter(({ isExact }) => isExact).map(({ name, unit, ours }) => [`${name}, ${unit}`, rounded(ours)]),
	);
}

/** What has changed for the worse and for the better, in words. */
export function compareExact(figures: Record<string, number>, kept: Record<string, number>) {
	const regressions: string[] = [];
	const improvements: string[] = [];
	for (const [name, ours] of Object.entries(figures)) {
		const before = kept[name];
		const change = `${name}: ${ours}, was ${before}`;
		if (before === undefined) regressions.push(`${name}: ${ours}, is not in exact.json`);
		else if (ours > before * (1 + tolerance)) regressions.push(change);
		else if (ours < before) improvements.push(change);
	}
	return { regressions, improvements };
}

function goalText({ goal }: Row): string | undefined {
	if (goal === undefined) return undefined;
	return "most" in goal ? `≤ ${numberText(goal.most)}` : `≥ ${goal.times}×`;
}

function numberText(value: number): string {
	if (value >= 1000) return Math.round(value).toLocaleString("en");
	return String(rounded(value, 3));
}

function rounded(value: number, digits = 5): number {
	return Math.abs(value) >= 10 ** (digits - 1) ? Math.round(value) : Number(value.toPrecision(digits));
}
