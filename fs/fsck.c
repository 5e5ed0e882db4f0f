// fs/fsck.c - checks a disk image, and repairs it if asked.  Runs on the host:
//
//	fsck [-n | -y] fs.img
//
// Prints a line for each problem.  -n, the default, changes nothing; -y repairs
// the image.  Exit status as fsck(8): 0 clean, 1 repaired, 4 errors left,
// 8 the image could not be checked, 16 wrong usage.
//
// Problems are repaired at once, in a copy of the image in memory.  With -y,
// write_image writes the blocks that changed to the file.
//
// Files are visited in the order in which directories name them.  Each claims
// its blocks.  If a second file claims a block, it gets a copy of the block as
// it was in the file, because the first file may have claimed it wrongly, and
// repairs may have changed it.  Blocks beyond a file's size are checked when
// all others are claimed.  If such a block is in use and no other file claims
// it, it is the file's, and the size is what is wrong.  In the end, directory
// blocks that are in use but in no directory are added to the root, and the
// bitmap is compared with the claims.

#include <unistd.h>

enum { CLEAN = 0, REPAIRED = 1, ERRORS_LEFT = 4, FAILED = 8, USAGE = 16 };

#define PROGRAM	"fsck"
#include <fs/image.h>

static uint8_t *original;		// the image as it is in the file
static unsigned nproblems;

struct Node {				// a file that some directory names
	struct File *f;
	uint32_t dir;			// the node of that directory
	uint32_t first;			// a directory: no node before this one
					// is a file in it
};

static struct Node *nodes;		// in the order in which they are found
static uint32_t nnodes;
static uint32_t *owner;			// of each block: a node, or NO_NODE

#define ROOT	0
#define NO_NODE	UINT32_MAX

// ---------------------------------------------------------------- messages

static void problem(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
static void problem_of(uint32_t n, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

// Write the path of node n, or as much of its end as fits, into the MAXPATHLEN
// bytes of space, with '?' for unprintable bytes.  Returns where it begins.
static char *
path_of(uint32_t n, char *space)
{
	char *p = space + MAXPATHLEN - 1;

	*p = '\0';
	if (n == ROOT)
		*--p = '/';
	for (; n != ROOT && p - space > MAXNAMELEN; n = nodes[n].dir) {
		const char *name = nodes[n].f->f_name;
		for (size_t i = strnlen(name, MAXNAMELEN); i-- > 0; )
			*--p = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
		*--p = '/';
	}
	return p;
}

static void
problem(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	printf("\n");
	va_end(ap);
	nproblems++;
}

// Report a problem of node n, with its path before the message.
static void
problem_of(uint32_t n, const char *fmt, ...)
{
	char space[MAXPATHLEN];
	va_list ap;

	va_start(ap, fmt);
	printf("%s: ", path_of(n, space));
	vprintf(fmt, ap);
	printf("\n");
	va_end(ap);
	nproblems++;
}

// ------------------------------------------------------------------ blocks

static bool
marked_free(uint32_t b)
{
	uint32_t *bitmap = block(2);
	return bitmap[b / 32] & 1u << b % 32;
}

static void
mark(uint32_t b, bool is_free)
{
	uint32_t *bitmap = block(2);
	bitmap[b / 32] &= ~(1u << b % 32);
	bitmap[b / 32] |= (uint32_t) is_free << b % 32;
}

static bool
is_data(uint32_t b)
{
	return b >= first_data_block(nblocks) && b < nblocks;
}

// Is b a data block that is in use, but that no file has claimed?
static bool
is_unclaimed(uint32_t b)
{
	return is_data(b) && owner[b] == NO_NODE && !marked_free(b);
}

// Make a copy, for node n, of block b as it was in the image file.  Returns the
// copy's number, or 0 if there is no room.  If another file claims the place
// later on, that file gets a copy in turn.
static uint32_t
copy_block(uint32_t n, uint32_t b)
{
	uint32_t copy = 0;

	for (uint32_t i = first_data_block(nblocks); i < nblocks; i++)
		if (owner[i] == NO_NODE && (copy == 0 || marked_free(i)))
			copy = i;
	if (copy != 0) {
		memcpy(block(copy), original + (size_t) b * BLKSIZE, BLKSIZE);
		owner[copy] = n;
		mark(copy, false);
	}
	return copy;
}

// Claim the block whose number is at *slot for node n.
static void
claim(uint32_t n, uint32_t *slot)
{
	uint32_t b = *slot;
	char space[MAXPATHLEN];

	if (b == 0)
		return;
	if (!is_data(b)) {
		problem_of(n, "block %u is not one for files", b);
		*slot = 0;
		return;
	}
	uint32_t other = owner[b];
	if (other == NO_NODE) {
		owner[b] = n;
		return;
	}
	if (other == n)
		problem_of(n, "has block %u twice", b);
	else
		problem_of(n, "block %u is also in %s", b,
			path_of(other, space));
	// Directories get no copies: a file is in one directory only, and loops
	// of directories end here.
	bool both_dirs = nodes[n].f->f_type == FTYPE_DIR
		&& nodes[other].f->f_type == FTYPE_DIR;
	*slot = both_dirs ? 0 : copy_block(n, b);
}

// -------------------------------------------------------- blocks of a file

// Where the number of f's block i is stored; NULL if f has no such place.
static uint32_t *
slot_of(struct File *f, uint32_t i)
{
	if (i < NDIRECT)
		return &f->f_direct[i];
	if (!is_data(f->f_indirect))
		return NULL;
	uint32_t *numbers = block(f->f_indirect);
	return &numbers[i - NDIRECT];
}

static bool
size_is_possible(const struct File *f)
{
	return f->f_size >= 0 && f->f_size <= MAXFILESIZE;
}

// Are all direct and indirect block numbers of f valid?
static bool
blocks_are_possible(const struct File *f)
{
	for (int i = 0; i < NDIRECT; i++)
		if (f->f_direct[i] != 0 && !is_data(f->f_direct[i]))
			return false;
	return f->f_indirect == 0 || is_data(f->f_indirect);
}

// Are more than half of the numbers in f's indirect block invalid?
static bool
indirect_is_nonsense(struct File *f)
{
	const uint32_t *numbers = block(f->f_indirect);
	int score = 0;

	for (int i = 0; i < NINDIRECT; i++)
		if (numbers[i] != 0)
			score += is_data(numbers[i]) ? 1 : -1;
	return score < 0;
}

static void
claim_indirect(uint32_t n)
{
	struct File *f = nodes[n].f;

	claim(n, &f->f_indirect);
	if (f->f_indirect != 0 && indirect_is_nonsense(f)) {
		problem_of(n, "indirect block %u holds no block numbers",
			f->f_indirect);
		owner[f->f_indirect] = NO_NODE;
		f->f_indirect = 0;
	}
}

// ------------------------------------------------------------- directories

static bool
name_is_possible(const char *name)
{
	size_t len = strnlen(name, MAXNAMELEN);
	return len > 0 && len < MAXNAMELEN && !strchr(name, '/');
}

static bool
type_is_possible(const struct File *f)
{
	return f->f_type == FTYPE_REG || f->f_type == FTYPE_DIR;
}

// 1 if e looks like a directory entry, 0 if it is unused, -1 otherwise.
static int
entry_score(const struct File *e)
{
	if (e->f_name[0] == '\0')
		return 0;
	for (const char *p = e->f_name; p < e->f_name + MAXNAMELEN && *p; p++)
		if ((unsigned char) *p < ' ' || *p == 0x7F)
			return -1;
	return name_is_possible(e->f_name) && type_is_possible(e)
		&& size_is_possible(e) && blocks_are_possible(e) ? 1 : -1;
}

static int
entries_score(struct File *entries)
{
	int score = 0;

	for (size_t i = 0; i < BLKFILES; i++)
		score += entry_score(&entries[i]);
	return score;
}

// Positive if f's blocks seem to hold directory entries, negative otherwise.
static int
directory_score(struct File *f)
{
	uint32_t n = size_is_possible(f) ? blocks_of((uint32_t) f->f_size)
		: MAXFILEBLOCKS;
	int score = size_is_possible(f) && f->f_size % BLKSIZE ? -1 : 0;
	uint32_t *slot;

	for (uint32_t i = 0; i < n && (slot = slot_of(f, i)); i++)
		if (is_data(*slot))
			score += entries_score(block(*slot));
	return score;
}

// Could this entry, which has no name, be a file that lost its name?
static bool
seems_a_file(const struct File *e)
{
	return e->f_size > 0 && size_is_possible(e) && type_is_possible(e)
		&& e->f_direct[0] != 0 && blocks_are_possible(e);
}

static bool
is_unused(const struct File *e)
{
	static const struct File empty;

	return e->f_name[0] == '\0' && e->f_size == 0 && e->f_indirect == 0
		&& memcmp(e->f_direct, empty.f_direct,
			sizeof(empty.f_direct)) == 0;
}

// Are at least three of the entry's four properties invalid?  Such an entry is
// not repaired, but cleared.
static bool
entry_is_nonsense(const struct File *e)
{
	return name_is_possible(e->f_name) + type_is_possible(e)
		+ size_is_possible(e) + blocks_are_possible(e) < 2;
}

// Is there a node before n with this name in n's directory?
static bool
name_is_taken(const char *name, uint32_t n)
{
	uint32_t dir = nodes[n].dir;

	for (uint32_t i = nodes[dir].first; i < n; i++)
		if (nodes[i].dir == dir
		    && strcmp(nodes[i].f->f_name, name) == 0)
			return true;
	return false;
}

// Give n a name that is not taken: the old one with a number after it.
static void
rename_file(uint32_t n)
{
	char *name = nodes[n].f->f_name;
	char new[MAXNAMELEN];
	unsigned number = 1;

	do
		snprintf(new, sizeof(new), "%.100s~%u", name, ++number);
	while (name_is_taken(new, n));
	memset(name, 0, MAXNAMELEN);
	strcpy(name, new);
}

static void
check_name(uint32_t n)
{
	char *name = nodes[n].f->f_name;

	if (strnlen(name, MAXNAMELEN) == MAXNAMELEN) {
		problem_of(n, "the name does not end");
		name[MAXNAMELEN - 1] = '\0';
	}
	if (name[0] == '\0') {
		problem_of(nodes[n].dir, "a file has no name");
		strcpy(name, "lost");
	}
	if (strchr(name, '/')) {
		problem_of(n, "there is a '/' in the name");
		for (char *p = name; (p = strchr(p, '/')); )
			*p = '_';
	}
	if (name_is_taken(name, n)) {
		problem_of(n, "there are two of that name");
		rename_file(n);
	}
}

static void
add_node(struct File *f, uint32_t dir)
{
	static uint32_t room;

	if (nnodes == room) {
		room = room * 2 + 64;
		nodes = realloc(nodes, room * sizeof(*nodes));
		if (!nodes)
			die("out of memory");
	}
	nodes[nnodes++] = (struct Node) { .f = f, .dir = dir };
}

// Add a node for each entry in block b of directory n.
static void
add_entries(uint32_t n, uint32_t b)
{
	struct File *entries = block(b);

	for (uint32_t i = 0; i < BLKFILES; i++) {
		struct File *e = &entries[i];
		if (is_unused(e))
			continue;
		bool named = e->f_name[0] != '\0';
		if (named ? entry_is_nonsense(e) : !seems_a_file(e)) {
			problem_of(n, "entry %u of block %u holds nonsense",
				i, b);
			memset(e, 0, sizeof(*e));
			continue;
		}
		add_node(e, n);
		check_name(nnodes - 1);
	}
}

// ------------------------------------------------------------------- files

static void
check_size(uint32_t n)
{
	struct File *f = nodes[n].f;

	if (!size_is_possible(f)) {
		problem_of(n, "no file has a size of %d", f->f_size);
		f->f_size = 0;		// check_beyond_size corrects it
	}
	if (f->f_type == FTYPE_DIR && f->f_size % BLKSIZE != 0) {
		problem_of(n, "no directory has a size of %d", f->f_size);
		f->f_size -= f->f_size % BLKSIZE;
	}
}

static void
check_type(uint32_t n)
{
	struct File *f = nodes[n].f;

	if (n == ROOT) {
		if (f->f_type != FTYPE_DIR)
			problem_of(n, "is not a directory");
		f->f_type = FTYPE_DIR;
	} else if (!type_is_possible(f)) {
		problem_of(n, "no file has a type of %u", f->f_type);
		f->f_type = directory_score(f) > 0 ? FTYPE_DIR : FTYPE_REG;
	} else if (f->f_type == FTYPE_DIR && directory_score(f) < 0) {
		problem_of(n, "is a file, not a directory");
		f->f_type = FTYPE_REG;
	}
}

// Claim n's blocks i to end - 1 and, if n is a directory, add their entries.
static void
claim_blocks(uint32_t n, uint32_t i, uint32_t end)
{
	uint32_t *slot;

	for (; i < end && (slot = slot_of(nodes[n].f, i)); i++) {
		claim(n, slot);
		if (*slot != 0 && nodes[n].f->f_type == FTYPE_DIR)
			add_entries(n, *slot);
	}
}

static void
check_file(uint32_t n)
{
	struct File *f = nodes[n].f;

	nodes[n].first = nnodes;
	check_type(n);
	check_size(n);
	uint32_t end = blocks_of((uint32_t) f->f_size);
	if (end > NDIRECT)
		claim_indirect(n);
	claim_blocks(n, 0, end);
}

static void
drop_indirect(uint32_t n)
{
	struct File *f = nodes[n].f;

	problem_of(n, "is too small for its indirect block %u", f->f_indirect);
	f->f_indirect = 0;
}

// Drop n's blocks from number i on that are not n's own.  Returns how many
// blocks n has up to the last one that is left.
static uint32_t
count_beyond(uint32_t n, uint32_t i)
{
	uint32_t count = i;
	uint32_t *slot;

	for (; i < MAXFILEBLOCKS && (slot = slot_of(nodes[n].f, i)); i++)
		if (is_unclaimed(*slot)) {
			count = i + 1;
		} else if (*slot != 0) {
			problem_of(n, "block %u is beyond its size of %d",
				*slot, nodes[n].f->f_size);
			*slot = 0;
		}
	return count;
}

// Check n's blocks beyond its size, when all files have claimed the blocks
// within their sizes.
static void
check_beyond_size(uint32_t n)
{
	struct File *f = nodes[n].f;
	uint32_t end = blocks_of((uint32_t) f->f_size);
	bool needless = end <= NDIRECT && f->f_indirect != 0;

	if (needless) {
		if (is_unclaimed(f->f_indirect) && !indirect_is_nonsense(f))
			owner[f->f_indirect] = n;
		else
			drop_indirect(n);
	}
	uint32_t count = count_beyond(n, end);
	if (count > end) {
		problem_of(n, "has %u blocks and a size of %d", count,
			f->f_size);
		f->f_size = (int32_t) (count * BLKSIZE);
		claim_blocks(n, end, count);
	}
	if (needless && count <= NDIRECT && f->f_indirect != 0) {
		owner[f->f_indirect] = NO_NODE;
		drop_indirect(n);
	}
}

// Is one of these entries a file that is not empty?  An indirect block may look
// like a directory of empty files.
static bool
hold_contents(const struct File *entries)
{
	for (size_t i = 0; i < BLKFILES; i++)
		if (seems_a_file(&entries[i]))
			return true;
	return false;
}

// The unclaimed block that looks most like a block of directory entries; 0 if
// none does.  Blocks of programs may have some likeness, but less.
static uint32_t
best_entries(void)
{
	uint32_t best = 0;
	int best_score = 0;

	for (uint32_t b = 0; b < nblocks; b++) {
		int score = is_unclaimed(b) ? entries_score(block(b)) : 0;

		if (score > best_score && hold_contents(block(b))) {
			best = b;
			best_score = score;
		}
	}
	return best;
}

static bool
holds_no_entry(const struct File *entries)
{
	for (size_t i = 0; i < BLKFILES; i++)
		if (!is_unused(&entries[i]))
			return false;
	return true;
}

// Where the root has room for the number of one more block of entries: where a
// number was lost, or at the end, or in place of a block without entries.
// Returns NDIRECT if there is none.
static uint32_t
room_in_root(const struct File *root, uint32_t end)
{
	for (uint32_t i = 0; i < NDIRECT; i++)
		if (i == end || root->f_direct[i] == 0)
			return i;
	for (uint32_t i = 0; i < NDIRECT; i++)
		if (holds_no_entry(block(root->f_direct[i])))
			return i;
	return NDIRECT;
}

// Add a block of entries that no directory has to the root.  Returns false if
// there is none, or no room for its number.
static bool
adopt_entries(void)
{
	struct File *root = nodes[ROOT].f;
	const uint32_t end = blocks_of((uint32_t) root->f_size);
	const uint32_t i = room_in_root(root, end);
	const uint32_t b = i < NDIRECT ? best_entries() : 0;

	if (b == 0)
		return false;
	problem_of(ROOT, "lacks block %u of a directory", b);
	if (i == end)
		root->f_size += BLKSIZE;
	else if (root->f_direct[i] != 0)
		owner[root->f_direct[i]] = NO_NODE;
	root->f_direct[i] = b;
	claim_blocks(ROOT, i, i + 1);
	return true;
}

static void
check_files(void)
{
	struct Super *super = block(1);
	uint32_t claimed = 0, done = 0;

	owner = malloc(nblocks * sizeof(*owner));
	if (!owner)
		die("out of memory");
	memset(owner, 0xFF, nblocks * sizeof(*owner));
	add_node(&super->s_root, ROOT);
	do
		while (done < nnodes) {
			while (claimed < nnodes)
				check_file(claimed++);
			check_beyond_size(done++);
		}
	while (adopt_entries());
}

// ------------------------------------------------- super block and bitmap

static void
check_super(uint32_t image_blocks)
{
	struct Super *super = block(1);

	if (super->s_magic != FS_MAGIC) {
		problem("the magic number is %08x, not %08x", super->s_magic,
			FS_MAGIC);
		super->s_magic = FS_MAGIC;
	}
	// A disk may be smaller than its image.  But if a disk as large as the
	// image would have a bitmap of the same size, s_nblocks is an error.
	nblocks = super->s_nblocks;
	bool same_map = nblocks < image_blocks
		&& first_data_block(nblocks) == first_data_block(image_blocks);
	if (nblocks < MINBLOCKS || nblocks > image_blocks || same_map) {
		problem("the disk is said to have %u blocks, and has %u",
			nblocks, image_blocks);
		nblocks = super->s_nblocks = image_blocks;
	}
	if (strncmp(super->s_root.f_name, "/", MAXNAMELEN) != 0) {
		problem("the root has another name than '/'");
		memset(super->s_root.f_name, 0, MAXNAMELEN);
		super->s_root.f_name[0] = '/';
	}
}

static bool
is_used(uint32_t b)
{
	return b < first_data_block(nblocks) || owner[b] != NO_NODE;
}

static void
check_bitmap(void)
{
	for (uint32_t b = 0, end; b < nblocks; b = end) {
		bool used = is_used(b);
		for (end = b; end < nblocks && is_used(end) == used
				&& marked_free(end) == used; end++)
			mark(end, !used);
		const char *what = used ? "in use, but free in the bitmap"
			: "free, but in use in the bitmap";
		if (end - b > 1)
			problem("blocks %u to %u are %s", b, end - 1, what);
		else if (end - b == 1)
			problem("block %u is %s", b, what);
		else
			end++;		// nothing is wrong with this one
	}
}

// ------------------------------------------------------------------- image

static void
write_image(FILE *file, const char *path)
{
	for (uint32_t b = 0; b < nblocks; b++) {
		size_t offset = (size_t) b * BLKSIZE;
		if (memcmp(disk + offset, original + offset, BLKSIZE) == 0)
			continue;
		if (fseek(file, (long) offset, SEEK_SET) < 0
		    || fwrite(disk + offset, BLKSIZE, 1, file) != 1)
			die("%s: %s", path, strerror(errno));
	}
	if (fclose(file) != 0)
		die("%s: %s", path, strerror(errno));
}

int
main(int argc, char **argv)
{
	bool repair = false;
	int opt;

	while ((opt = getopt(argc, argv, "ny")) != -1 && opt != '?')
		repair = opt == 'y';
	if (opt == '?' || optind != argc - 1) {
		fprintf(stderr, "Usage: fsck [-n | -y] fs.img\n");
		return USAGE;
	}

	const char *path = argv[optind];
	FILE *file = fopen(path, repair ? "r+b" : "rb");
	if (!file)
		die("%s: %s", path, strerror(errno));
	uint32_t image_blocks = read_image(file, path);
	original = malloc((size_t) image_blocks * BLKSIZE);
	if (!original)
		die("out of memory");
	memcpy(original, disk, (size_t) image_blocks * BLKSIZE);

	check_super(image_blocks);
	check_files();
	check_bitmap();

	if (nproblems == 0) {
		printf("%s is clean: %u files\n", path, nnodes - 1);
		return CLEAN;
	}
	if (repair)
		write_image(file, path);
	printf("%s: %u problems%s\n", path, nproblems,
		repair ? ", repaired" : "; -y repairs");
	return repair ? REPAIRED : ERRORS_LEFT;
}
