/* Between C and script: calls out, arguments in, and the end when an exception escapes. */
#include "host.h"

/* callBegin, push count arguments, callEnd. Whatever escapes from the callback ends the process. */
void callBegin(txMachine* the, txSlot* self, txSlot* function)
{
	fxBeginHost(the);
	if (self)
		mxPushSlot(self);
	else
		mxPushUndefined();
	mxPushSlot(function);
	mxCall();
}

void callEnd(txMachine* the, int count)
{
	mxTry(the) {
		mxRunCount(count);
		mxPop();
	}
	mxCatch(the) {
		fail(the, "uncaught exception");
	}
	fxEndHost(the);
	runJobs(the);
}

/* Says what was thrown, with its stack if it has one, and ends the process. */
void fail(txMachine* the, const char* what)
{
	mxTry(the) {
		mxPush(mxException);
		mxException.kind = XS_UNDEFINED_KIND;
		txSlot* thrown = the->stack;
		fflush(stdout);
		mxPushSlot(thrown);
		fprintf(stderr, "%s: %s\n", what, fxToString(the, the->stack));
		mxPop();
		if (thrown->kind == XS_REFERENCE_KIND) {
			mxPushSlot(thrown);
			mxGetID(mxID(_stack));
			if (the->stack->kind == XS_STRING_KIND || the->stack->kind == XS_STRING_X_KIND)
				fprintf(stderr, "%s\n", the->stack->value.string);
		}
	}
	mxCatch(the) {
		fprintf(stderr, "%s: (it cannot be told)\n", what);
	}
	leave(exitException);
}

txSlot* argument(txMachine* the, int index)
{
	if (mxArgc <= index)
		mxTypeError("argument %d is missing", index + 1);
	return mxArgv(index);
}

txInteger integerArgument(txMachine* the, int index)
{
	return fxToInteger(the, argument(the, index));
}

void functionArgument(txMachine* the, int index, txSlot* target)
{
	txSlot* slot = argument(the, index);
	if (slot->kind != XS_REFERENCE_KIND || !mxIsFunction(slot->value.reference))
		mxTypeError("argument %d is no function", index + 1);
	target->kind = slot->kind;
	target->value = slot->value;
}

static txSlot* bufferOf(txMachine* the, txSlot* slot)
{
	if (slot->kind == XS_REFERENCE_KIND) {
		txSlot* buffer = slot->value.reference->next;
		if (buffer && (buffer->flag & XS_INTERNAL_FLAG) && buffer->kind == XS_ARRAY_BUFFER_KIND) {
			if (buffer->value.arrayBuffer.address == NULL)
				mxTypeError("detached buffer");
			return buffer;
		}
	}
	mxTypeError("invalid buffer");
	return NULL;
}

txByte* bytesOf(txMachine* the, txSlot* slot, txInteger* size)
{
	txSlot* view = slot->kind == XS_REFERENCE_KIND ? slot->value.reference->next : NULL;
	if (view && (view->flag & XS_INTERNAL_FLAG) && view->kind == XS_TYPED_ARRAY_KIND)
		view = view->next;
	if (view && (view->flag & XS_INTERNAL_FLAG) && view->kind == XS_DATA_VIEW_KIND) {
		txSlot* buffer = bufferOf(the, view->next);
		txInteger length = buffer->next->value.bufferInfo.length;
		txInteger offset = view->value.dataView.offset;
		*size = view->value.dataView.size < 0 ? length - offset : view->value.dataView.size;
		if (offset > length || *size > length - offset)
			mxTypeError("out of bounds view");
		return buffer->value.arrayBuffer.address + offset;
	}
	txSlot* buffer = bufferOf(the, slot);
	*size = buffer->next->value.bufferInfo.length;
	return buffer->value.arrayBuffer.address;
}

/* Takes the value from the top of the stack to the object below it. */
void addValue(txMachine* the, const char* name)
{
	txSlot* object = the->stack + 1;
	txFlag mask = XS_DONT_ENUM_FLAG | XS_DONT_DELETE_FLAG | XS_DONT_SET_FLAG;
	mxPushSlot(object);
	mxDefineID(fxNewNameC(the, (txString)name), XS_DONT_ENUM_FLAG, mask);
	mxPop();
}

/* Adds a method to the object on top of the stack. */
void addFunction(txMachine* the, const char* name, txCallback callback, int length)
{
	fxNewHostFunction(the, callback, length, fxNewNameC(the, (txString)name), XS_NO_ID);
	addValue(the, name);
}

/* What C keeps behind a host object of that kind, NULL when it is closed. Throws for any other object. */
void* hostData(txMachine* the, txSlot* slot, const txHostHooks* hooks, const char* what)
{
	if (slot->kind == XS_REFERENCE_KIND) {
		txSlot* host = slot->value.reference->next;
		if (host && (host->flag & XS_INTERNAL_FLAG) && host->kind == XS_HOST_KIND
			&& (host->flag & XS_HOST_HOOKS_FLAG) && host->value.host.variant.hooks == hooks)
			return host->value.host.data;
	}
	mxTypeError("no %s", what);
	return NULL;
}
