/*
 * The life of the engine: made large, loaded, then cut down to the heap that was asked for.
 *
 * On a board the built-ins and the bytecode of the modules lie in flash, and the heap holds what the script
 * makes. Here everything is built in RAM; so the limits are set once that is done, and count from there.
 */
#include "host.h"

enum {
	buildChunkBytes = 1024 * 1024,
	buildSlots = 64 * 1024,
	buildStackSlots = 4096,
	keyMax = 30000,
	parserBytes = 256 * 1024,
	parserSymbols = 1993,
};

txMachine* createMachine(const Limits* limits)
{
	txCreation creation = {
		.initialChunkSize = buildChunkBytes + limits->chunkBytes,
		.incrementalChunkSize = buildChunkBytes,
		.initialHeapCount = buildSlots + limits->slots,
		.incrementalHeapCount = buildSlots,
		.stackCount = buildStackSlots + limits->stackSlots,
		.initialKeyCount = keyMax,
		.incrementalKeyCount = 0,
		.nameModulo = 1993,
		.symbolModulo = 127,
		.parserBufferSize = parserBytes,
		.parserTableModulo = parserSymbols,
	};
	txMachine* the = fxCreateMachine(&creation, "godwit", NULL, XS_NO_ID);
	if (the == NULL) {
		fprintf(stderr, "godwit-xs: no memory for the engine\n");
		exit(exitMemory);
	}
	return the;
}

static void limitSlots(txMachine* the, int slots)
{
	txSlot* heap = the->firstHeap;
	txSlot* last = heap->value.reference;
	int unused = 0;
	/* After the collection, slots behind the last one in use are free; the surplus of these is cut off. */
	for (txSlot* slot = the->freeHeap; slot; slot = slot->next)
		unused++;
	while (unused > slots && last - 1 > heap && last[-1].kind == XS_UNDEFINED_KIND) {
		last--;
		unused--;
		the->maximumHeapCount--;
	}
	heap->value.reference = last;
	txSlot** link = &the->freeHeap;
	while (*link) {
		if (*link >= last && *link < last + buildSlots + slots)
			*link = (*link)->next;
		else
			link = &(*link)->next;
	}
}

void limitMachine(txMachine* the, const Limits* limits)
{
	fxCollectGarbage(the);
	limitSlots(the, limits->slots);
	txBlock* block = the->firstBlock;
	txByte* limit = block->current + limits->chunkBytes;
	if (limit < block->limit) {
		the->maximumChunksSize -= (txSize)(block->limit - limit);
		block->limit = limit;
	}
	if (the->stack - the->stackBottom > limits->stackSlots)
		the->stackBottom = the->stack - limits->stackSlots;
	/* A heap grows by half its first size: by less, it is collected again and again when it is almost full. */
	the->minimumHeapCount = limits->fixed ? 0 : limits->slots / 2 + 1;
	the->minimumChunksSize = limits->fixed ? 0 : limits->chunkBytes / 2 + 16;
	startCounters(the);
}

static int nextByte(void* stream)
{
	return getc((FILE*)stream);
}

static void reportError(void* console, txString path, txInteger line, txString format, c_va_list arguments)
{
	(void)console;
	fprintf(stderr, "%s:%d: ", path ? path : "?", (int)line);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

static txScript* parse(txMachine* the, FILE* file, const char* path)
{
	txParser parser;
	txParserJump jump;
	txScript* volatile script = NULL;
	fxInitializeParser(&parser, the, the->parserBufferSize, the->parserTableModulo);
	parser.firstJump = &jump;
	parser.reportError = reportError;
	if (c_setjmp(jump.jmp_buf) == 0) {
		parser.path = fxNewParserSymbol(&parser, (txString)path);
		fxParserTree(&parser, file, nextByte, mxProgramFlag, NULL);
		fxParserHoist(&parser);
		fxParserBind(&parser);
		script = fxParserCode(&parser);
	}
	bool failed = script == NULL || parser.errorCount > 0;
	fxTerminateParser(&parser);
	if (failed) {
		fprintf(stderr, "godwit-xs: %s cannot be parsed\n", path);
		leave(exitException);
	}
	return script;
}

/* Code and literals of an archive are used where they lie, as on a board, and not copied into chunks. */
static void archiveCodes(txByte* code, txSize size)
{
	enum {
		toCode = XS_CODE_CODE_ARCHIVE_1 - XS_CODE_CODE_1,
		toString = XS_CODE_STRING_ARCHIVE_1 - XS_CODE_STRING_1,
	};
	txByte* end = code + size;
	while (code < end) {
		txU1 byte = *(txU1*)code;
		if (byte >= XS_CODE_CODE_1 && byte <= XS_CODE_CODE_4)
			*code += toCode;
		else if (byte >= XS_CODE_STRING_1 && byte <= XS_CODE_STRING_4)
			*code += toString;
		txS1 step = gxCodeSizes[*(txU1*)code];
		code++;
		if (step > 0)
			code += step - 1;
		else if (step == 0)
			code += sizeof(txID);
		else if (step == -1)
			code += 1 + *(txU1*)code;
		else if (step == -2) {
			txU2 length;
			memcpy(&length, code, sizeof(length));
			code += sizeof(length) + length;
		}
		else {
			txS4 length;
			memcpy(&length, code, sizeof(length));
			code += sizeof(length) + length;
		}
	}
}

extern void fxRemapIDs(txMachine* the, txByte* codeBuffer, txSize codeSize, txID* theIDs);

txScript* loadScript(txMachine* the, const char* path)
{
	FILE* file = fopen(path, "r");
	if (file == NULL) {
		perror(path);
		leave(exitUsage);
	}
	txScript* script = parse(the, file, path);
	fclose(file);
	txByte* symbols = script->symbolsBuffer;
	if (symbols) {
		txID count;
		mxDecodeID(symbols, count);
		txID* ids = malloc((size_t)count * sizeof(txID));
		ids[0] = XS_NO_ID;
		for (txID i = 1; i < count; i++) {
			ids[i] = fxNewNameC(the, (txString)symbols);
			symbols += strlen((char*)symbols) + 1;
		}
		fxRemapIDs(the, script->codeBuffer, script->codeSize, ids);
		free(ids);
		free(script->symbolsBuffer);
		script->symbolsBuffer = NULL;
	}
	archiveCodes(script->codeBuffer, script->codeSize);
	return script;
}

void runScript(txMachine* the, txScript* script)
{
	fxBeginHost(the);
	mxTry(the) {
		txSlot* realm = mxModuleInstanceInternal(mxProgram.value.reference)->value.module.realm;
		fxRunScript(the, script, mxRealmGlobal(realm), NULL, mxRealmClosures(realm)->value.reference, NULL,
			mxProgram.value.reference);
		mxPop();
	}
	mxCatch(the) {
		fail(the, "uncaught exception");
	}
	fxEndHost(the);
	runJobs(the);
}

/* Promise jobs, and the jobs these make, until there are none; then nobody is left to handle a rejection. */
void runJobs(txMachine* the)
{
	if (!the->promiseJobs && mxUnhandledPromises.value.reference->next == NULL)
		return;
	fxBeginHost(the);
	while (the->promiseJobs) {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
	}
	fxCheckUnhandledRejections(the, 1);
	fxEndHost(the);
}

/* What was printed comes out first; memory is the operating system's to take back. */
void leave(int status)
{
	fflush(stdout);
	fflush(stderr);
	_exit(status);
}

/* PLATFORM */

void fxCreateMachinePlatform(txMachine* the)
{
	the->promiseJobs = 0;
}

void fxDeleteMachinePlatform(txMachine* the)
{
	(void)the;
}

void fxQueuePromiseJobs(txMachine* the)
{
	the->promiseJobs = 1;
}

void fxAbort(txMachine* the, int status)
{
	switch (status) {
	case XS_NOT_ENOUGH_MEMORY_EXIT:
		fprintf(stderr, "out of memory\n");
		leave(exitMemory);
	case XS_STACK_OVERFLOW_EXIT:
		fprintf(stderr, "stack overflow\n");
		leave(exitStack);
	case XS_NO_MORE_KEYS_EXIT:
		fprintf(stderr, "too many property names\n");
		leave(exitKeys);
	case XS_UNHANDLED_REJECTION_EXIT:
		fail(the, "unhandled rejection");
	case XS_UNHANDLED_EXCEPTION_EXIT:
		fail(the, "uncaught exception");
	default:
		fprintf(stderr, "the engine aborts with status %d\n", status);
		leave(exitException);
	}
}
