/** Fills an ArrayBuffer from the platform's source of chance, or throws where it has none: see entropy.c. */
export default function fillWithEntropy(buffer) @ "godwit_fill_with_entropy";
