/*
 * Text in place: strings to UTF-8 and back without an object between.
 *
 * The engine keeps a string as UTF-8 with two liberties: U+0000 is C0 80, and a surrogate is three bytes like
 * any other code point. MQTT allows neither on the wire [MQTT-1.5.4-1] [MQTT-1.5.4-2].
 */
#include "host.h"

static bool isSurrogate(const txU1* from)
{
	return from[0] == 0xed && from[1] >= 0xa0;
}

static bool isPair(const txU1* from)
{
	return isSurrogate(from) && from[1] < 0xb0 && isSurrogate(from + 3) && from[4] >= 0xb0;
}

/* The two halves of a character that script put together again are one character. */
static void joinPair(const txU1* from, txU1* to)
{
	unsigned high = ((from[1] & 0x0fu) << 6) | (from[2] & 0x3fu);
	unsigned low = ((from[4] & 0x0fu) << 6) | (from[5] & 0x3fu);
	unsigned code = 0x10000 + (high << 10) + low;
	to[0] = (txU1)(0xf0 | (code >> 18));
	to[1] = (txU1)(0x80 | ((code >> 12) & 0x3f));
	to[2] = (txU1)(0x80 | ((code >> 6) & 0x3f));
	to[3] = (txU1)(0x80 | (code & 0x3f));
}

/* The size of the text in UTF-8; throws when it holds what UTF-8 on the wire must not. */
static size_t measure(txMachine* the, const txU1* from)
{
	size_t size = 0;
	while (*from) {
		if (*from == 0xc0)
			mxTypeError("text holds U+0000");
		if (isSurrogate(from)) {
			if (!isPair(from))
				mxTypeError("text holds an unpaired surrogate");
			from += 6;
			size += 4;
		}
		else {
			from++;
			size++;
		}
	}
	return size;
}

void engineEncode(txMachine* the)
{
	txSlot* text = argument(the, 0);
	if (text->kind != XS_STRING_KIND && text->kind != XS_STRING_X_KIND)
		mxTypeError("text is no string");
	txInteger at = integerArgument(the, 2);
	txInteger limit = integerArgument(the, 3);
	txInteger size;
	txU1* bytes = (txU1*)bytesOf(the, mxArgv(1), &size);
	if (at < 0 || limit > size || at > limit)
		mxRangeError("range");
	const txU1* from = (const txU1*)text->value.string;
	size_t needed = measure(the, from);
	mxResult->kind = XS_INTEGER_KIND;
	mxResult->value.integer = -1;
	if (needed > (size_t)(limit - at))
		return;
	if (strlen((const char*)from) == needed)
		memcpy(bytes + at, from, needed);
	else
		for (txU1* to = bytes + at; *from;) {
			if (isSurrogate(from)) {
				joinPair(from, to);
				from += 6;
				to += 4;
			}
			else
				*to++ = *from++;
		}
	mxResult->value.integer = at + (txInteger)needed;
}

static int trailing(const txU1* from, const txU1* end, int count)
{
	if (end - from <= count)
		return 0;
	for (int i = 1; i <= count; i++)
		if ((from[i] & 0xc0) != 0x80)
			return 0;
	return count + 1;
}

/* The length of the character there; 0 when it is no character of UTF-8, or U+0000 [RFC 3629 4]. */
static int character(const txU1* from, const txU1* end)
{
	txU1 first = from[0];
	if (first < 0x80)
		return first ? 1 : 0;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	if (first < 0xe0)
		return trailing(from, end, 1);
	if (end - from < 2)
		return 0;
	txU1 second = from[1];
	if (first < 0xf0) {
		if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f))
			return 0;
		return trailing(from, end, 2);
	}
	if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
		return 0;
	return trailing(from, end, 3);
}

bool wellFormed(const txU1* bytes, const txU1* end)
{
	while (bytes < end) {
		int length = character(bytes, end);
		if (length == 0)
			return false;
		bytes += length;
	}
	return true;
}

void engineDecode(txMachine* the)
{
	txInteger from = integerArgument(the, 1);
	txInteger to = integerArgument(the, 2);
	txInteger size;
	txU1* bytes = (txU1*)bytesOf(the, mxArgv(0), &size);
	if (from < 0 || to > size || from > to)
		mxRangeError("range");
	if (!wellFormed(bytes + from, bytes + to))
		return;
	txString string = fxNewChunk(the, to - from + 1);
	bytes = (txU1*)bytesOf(the, mxArgv(0), &size); /* the collector may have moved them */
	memcpy(string, bytes + from, (size_t)(to - from));
	string[to - from] = 0;
	mxResult->kind = XS_STRING_KIND;
	mxResult->value.string = string;
}
