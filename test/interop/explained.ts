/** What a broker cannot do, or does otherwise, and the letter that stands for it in the table. */
export interface Explained {
	letter: string;
	titles: readonly string[];
	columns: readonly string[];
	why: string;
}

// Seen with mosquitto 2.0.11 and ejabberd 23.01.
export const explained: readonly Explained[] = Object.freeze([
	{
		letter: "a",
		titles: ["takeover is told by its reason"],
		columns: ["mosquitto 5.0", "XS, mosquitto 5.0"],
		why: "mosquitto closes the former connection without a DISCONNECT: no reason to tell",
	},
	{
		letter: "b",
		titles: [
			"server keep alive",
			"receive maximum: the broker's is kept",
			"maximum packet size: the broker's is kept",
		],
		columns: ["ejabberd 5.0"],
		why: "ejabberd asks for no limit that could be kept",
	},
	{
		letter: "c",
		titles: ["shared subscription"],
		columns: ["ejabberd 5.0"],
		why: "ejabberd has no shared subscriptions, as its CONNACK says",
	},
	{
		letter: "d",
		titles: ["message expiry: counted down, and over"],
		columns: ["ejabberd 5.0"],
		why: "ejabberd delivers a message of a kept session after its expiry",
	},
]);

export function explain(title: string, column: string): Explained | undefined {
	return explained.find(row => row.titles.includes(title) && row.columns.includes(column));
}

/** What is wrong with the result: a fault that has no row, or a row that has no fault. */
export function wrongWith(title: string, column: string, fault: string): string | undefined {
	const row = explain(title, column);
	if (fault === "")
		return row === undefined ? undefined : `${title}: comes out right, though row ${row.letter} explains it`;
	return row === undefined ? `${title}: ${fault}` : undefined;
}
