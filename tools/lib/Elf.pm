# tools/lib/Elf.pm - reads 32-bit ELF files: segments, symbols, source lines.
#
#	my $elf = Elf->new('obj/kern/kernel');
#	my $at = $elf->lookup(0xf0100040);
#	print "$at->{file}:$at->{line}: $at->{name}+$at->{offset}\n" if $at;
#
# Entry points: new, segments, sections, bytes, symbols, address, functions,
# lookup.  new dies with a message if the file cannot be read or is no 32-bit
# ELF file; parts that are damaged further inside are ignored.
#
# Lines come from .debug_line, versions 2 to 5 ("DWARF Debugging Information
# Format", version 5, section 6.2).  The file must be linked, as no relocations
# are applied.

package Elf;

use strict;
use warnings;
use feature 'state';
use Cwd ();
use List::Util qw(first);

use constant {
	SHT_SYMTAB => 2, SHT_NOBITS => 8, SHF_EXECINSTR => 4,
	SHN_LORESERVE => 0xff00,
	STT_NOTYPE => 0, STT_FUNC => 2, STB_LOCAL => 0,

	LNCT_PATH => 1, LNCT_DIRECTORY => 2,
	FORM_DATA2 => 0x05, FORM_DATA4 => 0x06, FORM_DATA8 => 0x07,
	FORM_STRING => 0x08, FORM_BLOCK => 0x09, FORM_DATA1 => 0x0b,
	FORM_STRP => 0x0e, FORM_UDATA => 0x0f, FORM_DATA16 => 0x1e,
	FORM_LINE_STRP => 0x1f,

	LNS_COPY => 1, LNS_ADVANCE_PC => 2, LNS_ADVANCE_LINE => 3,
	LNS_SET_FILE => 4, LNS_NEGATE_STMT => 6, LNS_CONST_ADD_PC => 8,
	LNS_FIXED_ADVANCE_PC => 9,
	LNE_END_SEQUENCE => 1, LNE_SET_ADDRESS => 2,
};

sub new {
	my ($class, $path) = @_;

	open my $in, '<:raw', $path or die "$path: $!\n";
	local $/;
	my $image = <$in> // '';
	my ($ident, $entry, $phoff, $shoff, $phsize, $phnum, $shsize, $shnum,
	    $strndx) = unpack 'a7 x17 V3 x6 v5', $image;
	die "$path: no 32-bit little-endian ELF file\n"
		if length $image < 52 || $ident ne "\x7fELF\1\1\1";

	my $self = bless { path => $path, image => $image, entry => $entry },
		$class;
	$self->{segments} = [ map {
		my %h;
		@h{qw(type offset va pa filesz memsz flags align)} =
			unpack 'V8', substr $image, $phoff + $_ * $phsize, 32;
		\%h;
	} grep { $phoff + ($_ + 1) * $phsize <= length $image }
		0 .. $phnum - 1 ];
	$self->{sections} = [ map {
		my %h;
		@h{qw(name type flags addr offset size link)} =
			unpack 'V7', substr $image, $shoff + $_ * $shsize, 40;
		\%h;
	} grep { $shoff + ($_ + 1) * $shsize <= length $image }
		0 .. $shnum - 1 ];

	my $names = $self->{sections}[$strndx];
	my $strings = $names ? $self->contents($names) : '';
	$_->{name} = string_at($strings, $_->{name}) for $self->sections;
	return $self;
}

# The program headers: hashes of type, offset, va, pa, filesz, memsz, flags,
# align.
sub segments { return @{$_[0]{segments}} }

# The section headers: hashes of name, type, flags, addr, offset, size, link.
sub sections { return @{$_[0]{sections}} }

# The bytes of the section with this name; empty if there is none.
sub bytes {
	my ($self, $name) = @_;

	for ($self->sections) {
		return $self->contents($_) if $_->{name} eq $name;
	}
	return '';
}

sub contents {
	my ($self, $section) = @_;

	return '' if $section->{type} == SHT_NOBITS
		|| $section->{offset} > length $self->{image};
	return substr $self->{image}, $section->{offset}, $section->{size};
}

# The string that starts at $offset within $strings.
sub string_at {
	my ($strings, $offset) = @_;

	return '' if $offset >= length $strings;
	my $end = index $strings, "\0", $offset;
	return substr $strings, $offset,
		($end < 0 ? length $strings : $end) - $offset;
}

# The symbols: arrays of name, address, size, type, binding, section.
sub symbols {
	my ($self) = @_;

	$self->{symbols} //= do {
		my ($table) = grep { $_->{type} == SHT_SYMTAB } $self->sections;
		my @symbols;
		if ($table) {
			my $names = $self->{sections}[$table->{link}];
			my $strings = $names ? $self->contents($names) : '';
			my @f = unpack '(V3CCv)*', $self->contents($table);
			for (my $i = 0; $i + 5 < @f; $i += 6) {
				push @symbols, [ string_at($strings, $f[$i]),
					$f[$i + 1], $f[$i + 2],
					$f[$i + 3] & 15, $f[$i + 3] >> 4,
					$f[$i + 5] ];
			}
		}
		\@symbols;
	};
	return @{$self->{symbols}};
}

# The address of the symbol with this name, or undef.
sub address {
	my ($self, $name) = @_;

	for ($self->symbols) {
		return $_->[1] if $_->[0] eq $name && $_->[5];
	}
	return undef;
}

# The functions by rising address: hashes of addr, name, file ('' if unknown)
# and rows, an array of [address, line] by rising address with no line twice in
# a row.  The last entry has no name and the address where code ends.
#
# A function's file is the first file in its rows that is no header, or else the
# first one.  Rows of other files come from inline functions.  They are dropped,
# so that inlined code counts for a line of the function, mostly that of the
# call.
sub functions {
	my ($self) = @_;

	$self->{functions} //= do {
		my $functions = $self->code_symbols;
		add_rows($functions, $self->line_sequences);
		$functions;
	};
	return $self->{functions};
}

# Returns what is known about an address: a hash of name, addr, offset, file,
# line ('' and 0 if unknown), or undef if the address is in no function.
sub lookup {
	my ($self, $addr) = @_;

	my $functions = $self->functions;
	my ($low, $high) = (0, scalar @$functions);
	while ($low < $high) {
		my $middle = ($low + $high) >> 1;
		if ($functions->[$middle]{addr} <= $addr) {
			$low = $middle + 1;
		} else {
			$high = $middle;
		}
	}
	return undef if $low == 0 || $low == @$functions;

	my $f = $functions->[$low - 1];
	my $line = 0;
	for (@{$f->{rows}}) {
		last if $_->[0] > $addr;
		$line = $_->[1];
	}
	return { name => $f->{name}, addr => $f->{addr},
		offset => $addr - $f->{addr},
		file => $f->{file}, line => $line };
}

# Functions, still without rows.  A C function has a symbol of type STT_FUNC.
# Assembly files often leave the type out, so a global symbol of theirs is a
# function unless it stands in the middle of one.
sub code_symbols {
	my ($self) = @_;

	my @code = map { $_->{flags} & SHF_EXECINSTR ? $_ : undef }
		$self->sections;
	my (%best, $end);
	for ($self->symbols) {
		my ($name, $addr, $size, $type, $bind, $section) = @$_;
		next if $section >= SHN_LORESERVE || !$code[$section]
			|| $name eq '' || $name =~ /^[.\$]/;
		next unless $type == STT_FUNC
			|| $type == STT_NOTYPE && $bind != STB_LOCAL;
		my $start = $code[$section]{addr};
		my $stop = $start + $code[$section]{size};
		next if $addr < $start || $addr >= $stop;
		$end = $stop if !defined $end || $stop > $end;

		# One name for each address: the C function's, or the global
		# symbol's.
		my $rank = ($type == STT_FUNC) * 4 + ($size > 0) * 2
			+ ($bind != STB_LOCAL);
		my $old = $best{$addr};
		$best{$addr} = { addr => $addr, name => $name, file => '',
				 rows => [], rank => $rank, size => $size }
			if !$old || $rank > $old->{rank}
				|| $rank == $old->{rank}
					&& $name lt $old->{name};
	}

	my (@functions, $inside);
	for (sort { $a <=> $b } keys %best) {
		my $f = $best{$_};
		next if $f->{rank} < 4 && $inside && $f->{addr} < $inside;
		$inside = $f->{addr} + $f->{size};
		# GCC's name for part of a function, or for a special version.
		$f->{part} = 1 if $f->{name} =~ s/(?<=.)\..*//;
		push @functions, $f;
	}
	push @functions, { addr => $end // 0, name => '', file => '',
			   rows => [] };
	return \@functions;
}

# Give each row to the function that it lies in.  A sequence is four arrays of
# equal length: addresses (rising), files, lines, and whether a statement
# starts there.  The last row only says where the sequence ends.
sub add_rows {
	my ($functions, $sequences, $filenames) = @_;

	my $f = 0;
	for (sort { $a->[0][0] <=> $b->[0][0] } @$sequences) {
		my ($addrs, $files, $lines, $starts) = @$_;
		my $i = 0;
		$f++ while $f < $#$functions
			&& $functions->[$f + 1]{addr} <= $addrs->[0];

		for (; $f < $#$functions; $f++) {
			my $function = $functions->[$f];
			my $start = $function->{addr};
			my $stop = $functions->[$f + 1]{addr};
			last if $start >= $addrs->[-1];

			# Start with the row for the function's first address.
			# A row there that starts no statement may belong to
			# the function before.
			$i++ while $addrs->[$i] < $start;
			$i-- if $addrs->[$i] > $start && $i > 0;
			my $j = $i;
			$j++ while $addrs->[$j] == $start && !$starts->[$j];
			$i = $j if $addrs->[$j] == $start;

			my @rows;
			for (; $i < $#$addrs && $addrs->[$i] < $stop; $i++) {
				next if !$lines->[$i] || $files->[$i] < 0;
				push @rows, [ $addrs->[$i] < $start ? $start
					: $addrs->[$i], $lines->[$i],
					$files->[$i] ];
			}
			next if !@rows || @{$function->{rows}};

			my $own = first { $filenames->[$_->[2]] !~ /\.h$/ }
				@rows;
			$own //= $rows[0];
			$function->{file} = $filenames->[$own->[2]];
			$function->{first} = $own->[1];
			$function->{rows} =
				[ grep { $_->[2] == $own->[2] } @rows ];
		}
	}
	drop_inlined($functions);
	$_->{rows} = merged_rows($_->{rows}) for @$functions;
}

# Drop the rows of inline functions of the function's own file.  Their lines are
# before the function, or after the start of a function that follows it in the
# file.  Parts of functions may start in the middle.
sub drop_inlined {
	my ($functions) = @_;

	my %firsts;
	for (grep { defined $_->{first} && !$_->{part} } @$functions) {
		push @{$firsts{$_->{file}}}, $_;
	}
	for my $file (values %firsts) {
		my $limit = 1e9;
		my $after = 1e9;
		for my $f (sort { $b->{first} <=> $a->{first} } @$file) {
			$limit = $after if $f->{first} < $after;
			$after = $f->{first};
			$f->{rows} = [ grep { $_->[1] >= $after
				&& $_->[1] < $limit } @{$f->{rows}} ];
		}
	}
}

# Keep the last row of each address, and drop rows that repeat the line of the
# row before.
sub merged_rows {
	my ($rows) = @_;

	my @merged;
	for (@$rows) {
		pop @merged if @merged && $merged[-1][0] == $_->[0];
		push @merged, [ @$_[0, 1] ]
			if !@merged || $merged[-1][1] != $_->[1];
	}
	return \@merged;
}

# Read .debug_line.  Returns the sequences and the names of their files.
sub line_sequences {
	my ($self) = @_;

	my $lines = $self->bytes('.debug_line');
	my %strings = (
		FORM_STRP, $self->bytes('.debug_str'),
		FORM_LINE_STRP, $self->bytes('.debug_line_str'),
	);
	my (@sequences, @filenames, %numbers);

	for (my ($at, $size) = (0, 0); $at + 4 <= length $lines;
			$at += 4 + $size) {
		$size = unpack 'V', substr $lines, $at, 4;
		last if $size > length($lines) - $at - 4;

		my $unit = line_header(substr($lines, $at + 4, $size),
				       \%strings) or next;
		$_ = $numbers{$_} //= push(@filenames, $_) - 1
			for @{$unit->{files}};
		push @sequences, run_lines($unit);
	}
	return \@sequences, \@filenames;
}

# Read the header of one unit.  Returns a hash of the program's parameters,
# its bytes as an array, and the files' names; or nothing if the version or a
# form is unknown.
sub line_header {
	my ($unit, $strings) = @_;
	my $in = Elf::Reader->new($unit);
	my %h;

	my $version = $in->number(2);
	return if $version < 2 || $version > 5;
	$in->skip(2) if $version == 5;		# address and selector size
	my $length = $in->number(4);
	my $program = $in->{at} + $length;
	$in->skip(1);				# of an instruction, shortest
	$in->skip(1) if $version >= 4;		# operations in one
	@h{qw(is_stmt line_base line_range opcode_base)} =
		unpack 'CcCC', $in->take(4);
	return if $h{line_range} == 0 || $h{opcode_base} == 0;
	$h{operands} = [ 0, unpack 'C*', $in->take($h{opcode_base} - 1) ];

	my (@dirs, @files);
	if ($version == 5) {
		@dirs = map { $_->[0] } entry_table($in, $strings);
		@files = entry_table($in, $strings);
	} else {
		@dirs = '';
		while ((my $dir = $in->string) ne '') {
			push @dirs, $dir;
		}
		@files = [ '', 0 ];
		while ((my $name = $in->string) ne '') {
			push @files, [ $name, $in->uleb ];
			$in->uleb for 1 .. 2;	# time, size
		}
	}
	return if $in->{bad} || $program > length $unit;
	$h{files} = [ map { path($_->[0], $dirs[$_->[1]], $dirs[0]) } @files ];
	$h{program} = [ unpack 'C*', substr $unit, $program ];
	return \%h;
}

# Read a table of version 5 (directories or files): an array of
# [name, directory number].
sub entry_table {
	my ($in, $strings) = @_;

	my @format = map { [ $in->uleb, $in->uleb ] } 1 .. $in->number(1);
	my $count = @format ? $in->uleb : 0;
	my @entries;
	while (@entries < $count && !$in->{bad}) {
		my %entry = (LNCT_PATH, '', LNCT_DIRECTORY, 0);
		$entry{$_->[0]} = $in->form($_->[1], $strings) for @format;
		push @entries, [ @entry{LNCT_PATH, LNCT_DIRECTORY} ];
	}
	return @entries;
}

# The path of a file, relative to the top of the tree if it is in the tree.
sub path {
	my ($name, $dir, $top) = @_;
	state $cwd = Cwd::getcwd();

	$name = "$dir/$name" if defined $dir && $dir ne '' && $name !~ m{^/};
	for ($top, $cwd) {
		last if $name !~ m{^/};
		$name =~ s{^\Q$_\E/+}{} if $_;
	}
	$name =~ s{/\.?(?=/)}{}g;
	1 while $name =~ s{^\./}{} || $name =~ s{(^|/)(?!\.\./)[^/]+/\.\./}{$1};
	return $name;
}

# Run the program of one unit.  Returns its sequences, see add_rows.
sub run_lines {
	my ($unit) = @_;
	my ($base, $range, $first, $operands, $numbers, $code) =
		@$unit{qw(line_base line_range opcode_base operands files
			  program)};
	no warnings 'uninitialized';		# where the program is cut off

	my ($addr, $file, $line, $starts) = (0, 1, 1, $unit->{is_stmt});
	my (@sequences, @addrs, @files, @lines, @starts);
	my $i = 0;

	# Operands in LEB128: seven bits a byte.
	my $uleb = sub {
		my ($n, $shift, $byte) = (0, 0);
		do {
			$byte = $code->[$i++];
			$n |= ($byte & 127) << $shift;
			$shift += 7;
		} while ($byte & 128);
		return $n;
	};
	my $sleb = sub {
		my $start = $i;
		my $n = $uleb->();
		return $n - ($code->[$i - 1] & 64
			? 1 << 7 * ($i - $start) : 0);
	};
	my $row = sub {
		push @addrs, $addr;
		push @files, $numbers->[$file] // -1;
		push @lines, $line;
		push @starts, $starts;
	};

	while ($i < @$code) {
		my $op = $code->[$i++];
		if ($op >= $first) {
			$op -= $first;
			$addr += int($op / $range);
			$line += $base + $op % $range;
			$row->();
		} elsif ($op == 0) {		# extended: length, operation
			my $next = $uleb->() + $i;
			my $what = $code->[$i];
			if ($what == LNE_END_SEQUENCE) {
				$row->();
				push @sequences, [ [ @addrs ], [ @files ],
					[ @lines ], [ @starts ] ]
					if @addrs > 1;
				@addrs = @files = @lines = @starts = ();
				($addr, $file, $line) = (0, 1, 1);
				$starts = $unit->{is_stmt};
			} elsif ($what == LNE_SET_ADDRESS) {
				$addr = 0;
				$addr = $addr << 8 | $code->[$i + $_]
					for 4, 3, 2, 1;
				# GCC sets the address where a function begins.
				# A row that is there already is of the function
				# before, which has no code left.
				while (@addrs && $addrs[-1] == $addr) {
					pop @$_ for \@addrs, \@files, \@lines,
						\@starts;
				}
			}
			$i = $next;
		} elsif ($op == LNS_COPY) {
			$row->();
		} elsif ($op == LNS_ADVANCE_PC) {
			$addr += $uleb->();
		} elsif ($op == LNS_ADVANCE_LINE) {
			$line += $sleb->();
		} elsif ($op == LNS_SET_FILE) {
			$file = $uleb->();
		} elsif ($op == LNS_NEGATE_STMT) {
			$starts = !$starts;
		} elsif ($op == LNS_CONST_ADD_PC) {
			$addr += int((255 - $first) / $range);
		} elsif ($op == LNS_FIXED_ADVANCE_PC) {
			$addr += $code->[$i] | $code->[$i + 1] << 8;
			$i += 2;
		} else {
			$uleb->() for 1 .. $operands->[$op];
		}
	}
	return @sequences;
}

# Reads the bytes of a header, one item after the other.  Past the end
# everything is 0 or empty, and bad is set.
package Elf::Reader;

sub new {
	my ($class, $bytes) = @_;

	return bless { bytes => $bytes, at => 0, bad => 0 }, $class;
}

sub take {
	my ($self, $n) = @_;

	my $at = $self->{at};
	if ($n > length($self->{bytes}) - $at) {
		$self->{bad} = 1;
		return "\0" x ($n < 256 ? $n : 256);
	}
	$self->{at} += $n;
	return substr $self->{bytes}, $at, $n;
}

sub skip {
	my ($self, $n) = @_;

	$self->take($n);
}

# A number of 1, 2 or 4 bytes.
sub number {
	my ($self, $n) = @_;

	return unpack { 1 => 'C', 2 => 'v', 4 => 'V' }->{$n}, $self->take($n);
}

sub uleb {
	my ($self) = @_;

	my ($n, $shift, $byte) = (0, 0);
	do {
		$byte = ord $self->take(1);
		$n |= ($byte & 127) << $shift;
		$shift += 7;
	} while ($byte & 128);
	return $n;
}

sub string {
	my ($self) = @_;

	my $end = index $self->{bytes}, "\0", $self->{at};
	return $self->take($end < 0 ? 1 << 30 : $end - $self->{at} + 1)
		=~ s/\0.*//sr;
}

# An item in one of the forms that header tables use.
sub form {
	my ($self, $form, $strings) = @_;

	if ($strings->{$form}) {
		return Elf::string_at($strings->{$form}, $self->number(4));
	}
	return $self->string if $form == Elf::FORM_STRING;
	return $self->uleb if $form == Elf::FORM_UDATA;
	return $self->number(1) if $form == Elf::FORM_DATA1;
	return $self->number(2) if $form == Elf::FORM_DATA2;
	return $self->number(4) if $form == Elf::FORM_DATA4;
	return $self->take(16) if $form == Elf::FORM_DATA16;
	return $self->take(8) if $form == Elf::FORM_DATA8;
	return $self->take($self->uleb) if $form == Elf::FORM_BLOCK;
	$self->{bad} = 1;
	return 0;
}

1;
