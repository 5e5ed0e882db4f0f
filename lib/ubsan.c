// lib/ubsan.c - reports of undefined behaviour.
//
// With make SAN=1 the compiler inserts checks for undefined behaviour, and a
// check that fails calls a function of this file (GCC's and Clang's interface;
// LLVM, compiler-rt/lib/ubsan/ubsan_handlers.h).  Each function prints one
// line, file:line:column and what is wrong, and panics.
//
// A value is passed as a word: itself, or its address if it has over 32 bits.

#include <inc/assert.h>
#include <inc/stdarg.h>
#include <inc/stdio.h>
#include <inc/types.h>

struct Place {
	const char *file;
	uint32_t line;
	uint32_t column;
};

struct Type {
	uint16_t kind;			// TYPE_
	uint16_t info;			// bit 0: signed; rest: log2 of size in
					// bits
	char name[];			// in quotes
};

#define TYPE_INTEGER	0

#define NUMBERSIZE	24		// a number of 64 bits, and its NUL

// Set while report prints, so that undefined behaviour in there does not recur.
static bool reporting;

static void __attribute__((noreturn))
report(const struct Place *at, const char *fmt, ...)
{
	static char what[200];
	va_list ap;

	if (!reporting) {
		reporting = true;
		va_start(ap, fmt);
		vsnprintf(what, sizeof(what), fmt, ap);
		va_end(ap);
		// One call, so that no other program's output comes between
		cprintf("%s:%u:%u: %s\n", at->file, at->line, at->column, what);
	}
	_panic(at->file, at->line, "undefined behaviour");
}

// ------------------------------------------------------------------- values

static int
type_bits(const struct Type *type)
{
	return 1 << (type->info >> 1);
}

static bool
type_is_signed(const struct Type *type)
{
	return type->info & 1;
}

// The value that word passes, sign-extended if its type is signed.
static int64_t
value_of(const struct Type *type, uintptr_t word)
{
	const int bits = type_bits(type);

	if (bits > 32)
		return *(const int64_t *) word;
	if (!type_is_signed(type))
		return (uint32_t) word;
	if (bits == 16)
		return (int16_t) word;
	return bits == 8 ? (int8_t) word : (int32_t) word;
}

static bool
value_is_negative(const struct Type *type, uintptr_t word)
{
	return type_is_signed(type) && value_of(type, word) < 0;
}

// Print the value into text, and return text.
static const char *
number(char text[NUMBERSIZE], const struct Type *type, uintptr_t word)
{
	if (type->kind != TYPE_INTEGER)
		snprintf(text, NUMBERSIZE, "(not a number)");
	else if (type_is_signed(type))
		snprintf(text, NUMBERSIZE, "%lld", value_of(type, word));
	else
		snprintf(text, NUMBERSIZE, "%llu", value_of(type, word));
	return text;
}

// --------------------------------------------------------------- arithmetic

struct Operation {
	struct Place place;
	const struct Type *type;
};

static void __attribute__((noreturn))
overflow(const struct Operation *op, uintptr_t a, const char *sign,
	uintptr_t b)
{
	char left[NUMBERSIZE], right[NUMBERSIZE];

	report(&op->place, "%s integer overflow: %s %s %s does not fit type %s",
		type_is_signed(op->type) ? "signed" : "unsigned",
		number(left, op->type, a), sign, number(right, op->type, b),
		op->type->name);
}

// The compiler declares these functions itself; no header does.
#define HANDLER(name, ...)					\
void __ubsan_handle_##name(__VA_ARGS__) __attribute__((noreturn));	\
void __ubsan_handle_##name(__VA_ARGS__)

HANDLER(add_overflow_abort, struct Operation *op, uintptr_t a, uintptr_t b)
{
	overflow(op, a, "+", b);
}

HANDLER(sub_overflow_abort, struct Operation *op, uintptr_t a, uintptr_t b)
{
	overflow(op, a, "-", b);
}

HANDLER(mul_overflow_abort, struct Operation *op, uintptr_t a, uintptr_t b)
{
	overflow(op, a, "*", b);
}

HANDLER(negate_overflow_abort, struct Operation *op, uintptr_t a)
{
	char text[NUMBERSIZE];

	report(&op->place, "negation of %s does not fit type %s",
		number(text, op->type, a), op->type->name);
}

HANDLER(divrem_overflow_abort, struct Operation *op, uintptr_t a, uintptr_t b)
{
	if (value_of(op->type, b) == 0)
		report(&op->place, "division by zero");
	overflow(op, a, "/", b);
}

struct Shift {
	struct Place place;
	const struct Type *left, *right;
};

HANDLER(shift_out_of_bounds_abort, struct Shift *op, uintptr_t a, uintptr_t b)
{
	char text[NUMBERSIZE];
	const int bits = type_bits(op->left);

	if (value_is_negative(op->right, b))
		report(&op->place, "shift exponent %s is negative",
			number(text, op->right, b));
	if (value_of(op->right, b) >= bits)
		report(&op->place, "shift exponent %s is too large for "
			"%d-bit type %s", number(text, op->right, b), bits,
			op->left->name);
	report(&op->place, "left shift of %s by %d does not fit type %s",
		number(text, op->left, a), (int) value_of(op->right, b),
		op->left->name);
}

HANDLER(load_invalid_value_abort, struct Operation *op, uintptr_t value)
{
	char text[NUMBERSIZE];

	report(&op->place, "load of %s, which is no value of type %s",
		number(text, op->type, value), op->type->name);
}

HANDLER(vla_bound_not_positive_abort, struct Operation *op, uintptr_t bound)
{
	char text[NUMBERSIZE];

	report(&op->place, "array of variable length with bound %s",
		number(text, op->type, bound));
}

// ----------------------------------------------------------------- pointers

struct Index {
	struct Place place;
	const struct Type *array, *index;
};

HANDLER(out_of_bounds_abort, struct Index *op, uintptr_t index)
{
	char text[NUMBERSIZE];

	report(&op->place, "index %s is out of bounds for type %s",
		number(text, op->index, index), op->array->name);
}

struct Access {
	struct Place place;
	const struct Type *type;
	uint8_t log_align;
	uint8_t kind;
};

HANDLER(type_mismatch_v1_abort, struct Access *op, uintptr_t va)
{
	static const char *const kinds[] = {
		"load of", "store to", "reference to", "member access within",
		"member call on", "constructor call on", "cast to", "cast to",
		"cast to", "cast to", "reference to", "cast to",
	};
	const char *what = op->kind < ARRAY_SIZE(kinds)
		? kinds[op->kind] : "use of";
	const uint32_t align = 1u << op->log_align;

	if (va == 0)
		report(&op->place, "%s null pointer of type %s", what,
			op->type->name);
	if (va % align != 0)
		report(&op->place, "%s misaligned address %08x for type %s, "
			"which needs %u bytes alignment", what, va,
			op->type->name, align);
	report(&op->place, "%s address %08x with too little space for type %s",
		what, va, op->type->name);
}

HANDLER(pointer_overflow_abort, struct Place *place, uintptr_t base,
	uintptr_t result)
{
	report(place, "pointer arithmetic overflows: from %08x to %08x", base,
		result);
}

struct Assumption {
	struct Place place, assumed;
	const struct Type *type;
};

HANDLER(alignment_assumption_abort, struct Assumption *op, uintptr_t va,
	uintptr_t align, uintptr_t offset)
{
	report(&op->place, "address %08x less %u is not a multiple of %u, as "
		"was assumed of type %s", va, offset, align, op->type->name);
}

// ---------------------------------------------------------------- functions

HANDLER(builtin_unreachable, struct Place *place)
{
	report(place, "a place that cannot be reached was reached");
}

HANDLER(missing_return, struct Place *place)
{
	report(place, "the end of a function that returns a value was reached");
}

struct Builtin {
	struct Place place;
	uint8_t kind;
};

HANDLER(invalid_builtin_abort, struct Builtin *op)
{
	report(&op->place, "%s of 0", op->kind == 0
		? "__builtin_ctz" : "__builtin_clz");
}

struct Argument {
	struct Place place, declared;
	int number;
};

HANDLER(nonnull_arg_abort, struct Argument *op)
{
	report(&op->place, "argument %d is null, and must not be", op->number);
}

HANDLER(nonnull_return_v1_abort, struct Place *declared, struct Place *place)
{
	(void) declared;
	report(place, "returns null, and must not");
}
