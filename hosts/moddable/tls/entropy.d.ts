/** Fills an ArrayBuffer from the platform's source of chance, or throws where it has none: see entropy.c. */
export default function fillWithEntropy(buffer: ArrayBuffer): void;
