/*
 * Counters of time and memory, which cost the machine nothing to read: no slot, no chunk.
 *
 * Each counts from the moment before the script started. The depth of the stack is seen from its paint: slots
 * that were never used still have the colour they were given.
 */
#include "host.h"

/* A frame leaves no more slots than these untouched. */
enum { paint = 0xa5, gapMax = 64, counterCount = 8 };

unsigned collections;
static txSize baseSlots;
static txSize baseChunks;
static txSlot* baseStack;
static txSize roomSlots;
static txU4 lastIndex;
static double total;

void startCounters(txMachine* the)
{
	baseSlots = the->currentHeapCount;
	baseChunks = the->currentChunksSize;
	baseStack = the->stack;
	roomSlots = the->maximumHeapCount - the->currentHeapCount;
	the->peakHeapCount = the->currentHeapCount;
	the->peakChunksSize = the->currentChunksSize;
	memset(the->stackBottom, paint, (size_t)((txByte*)the->stack - (txByte*)the->stackBottom));
	collections = 0;
	lastIndex = the->meterIndex;
	total = 0;
}

/* The engine's index has 32 bits; it is read at least once a turn of the loop, so a wrap is seen. */
double computrons(txMachine* the)
{
	total += (txU4)(the->meterIndex - lastIndex);
	lastIndex = the->meterIndex;
	return total;
}

void engineMeter(txMachine* the)
{
	mxResult->kind = XS_NUMBER_KIND;
	mxResult->value.number = computrons(the);
}

/* Looks down from the top: at the other end, the engine itself formats numbers and matches expressions. */
static txSize stackPeak(txMachine* the)
{
	txSlot* deepest = the->stack;
	for (txSlot* slot = the->stack - 1; slot >= the->stackBottom && deepest - slot <= gapMax; slot--)
		if (slot->kind != (txKind)paint)
			deepest = slot;
	return (txSize)(baseStack - deepest);
}

void engineMemory(txMachine* the)
{
	txInteger size;
	txByte* bytes = bytesOf(the, argument(the, 0), &size);
	double counters[counterCount] = {
		the->currentHeapCount - baseSlots,
		the->peakHeapCount - baseSlots,
		the->currentChunksSize - baseChunks,
		the->peakChunksSize - baseChunks,
		stackPeak(the),
		collections,
		sizeof(txSlot),
		roomSlots > the->maximumHeapCount - baseSlots ? roomSlots : the->maximumHeapCount - baseSlots,
	};
	if (size != (txInteger)sizeof(counters))
		mxRangeError("memory wants a Float64Array of %d", counterCount);
	memcpy(bytes, counters, sizeof(counters));
}

void engineCollect(txMachine* the)
{
	fxCollectGarbage(the);
}
