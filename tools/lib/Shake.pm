# tools/lib/Shake.pm - makes a smaller tree of sources: without names that it
# shall not have, and without all that nothing uses any more.
#
# A file is a list of items: an item is a function, a declaration, a macro, an
# #include or a comment that stands alone.  The sources have to be in the style
# of this tree (CODING): functions as Source.pm has them, a blank line between
# what does not belong together.
#
# In functions, statements that call an absent function or change an absent
# variable go.  In expressions an absent name is 0, or what the caller says; so
# conditions become simpler, and statements that are never executed go.  Cases
# and rows of tables that mention an absent name go, and so do fields.
# Comments that begin with `LAB n: Your code here' stay: they mark a place, and
# not what happens to follow.
#
# Entry points:
#   Shake::items(TEXT)		the items of a file
#   Shake::text(ITEMS)		the file again
#   Shake::replace(TEXT, NEW)	TEXT with the items of NEW in place of those of
#				equal names
#   Shake::without(TEXT, ABSENT)	TEXT without the names in ABSENT, a hash
#				from names to values
#   Shake::reached(TEXTS, KEEP, SEES)	a hash of texts by file: without what
#				nothing reaches from the items for which
#				KEEP->(FILE, NAME) holds; a file reaches items
#				of another if SEES->(FILE, OTHER)

package Shake;
use strict;
use warnings;

my ($TRUE, $FALSE) = ("\x01", "\x02");	# conditions that are known

# ------------------------------------------------------------------- lexing

# The text with all comments and the contents of strings blanked out
sub code
{
	my ($text) = @_;
	$text =~ s{(//[^\n]*|/\*.*?\*/)|("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])+')}
	    {defined $1 ? blank($1) : substr($2, 0, 1)
		. blank(substr($2, 1, -1)) . substr($2, -1)}gse;
	return $text;
}

sub blank { return $_[0] =~ s/[^\n\t]/ /gr }

# Where the bracket that opens at $at closes, in text without comments
sub closing
{
	my ($code, $at) = @_;
	my $depth = 0;

	pos($code) = $at;
	while ($code =~ /([(\[{])|([)\]}])/g) {
		$depth += $1 ? 1 : -1;
		return pos($code) - 1 if $depth == 0;
	}
	die "no end of: " . substr($code, $at, 60) . "\n";
}

# The parts of an expression or a list between separators that are not in
# brackets
sub parts
{
	my ($text, $separator) = @_;
	my $code = code($text);
	my ($from, $depth, @parts) = (0, 0);

	while ($code =~ /([(\[{])|([)\]}])|($separator)/g) {
		$depth += $1 ? 1 : $2 ? -1 : 0;
		next if !$3 || $depth;
		push @parts, substr $text, $from, pos($code) - length($3) - $from;
		$from = pos $code;
	}
	return (@parts, substr $text, $from);
}

sub words { return code($_[0]) =~ /\b[A-Za-z_]\w*/g }

# -------------------------------------------------------------------- items
# { text, kind, names }; kind is blank, comment, include, condition, macro,
# function or declaration

sub items
{
	my ($text) = @_;
	my @lines = split /^/, $text;
	my @items;

	while (@lines) {
		my $item = shift @lines;
		my $kind = $item =~ /^\n/ ? 'blank' : $item =~ m{^//} ? 'comment'
		    : $item =~ /^#\s*include/ ? 'include'
		    : $item =~ /^#\s*define (?!JOS_\w+_H\n)/ ? 'macro'
		    : $item =~ /^#/ ? 'condition' : 'declaration';

		if ($kind eq 'comment') {
			$item .= shift @lines while @lines && $lines[0] =~ m{^//};
		} elsif ($item =~ /^#/) {
			$item .= shift @lines while $item =~ /\\\n\z/;
		} elsif ($kind eq 'declaration') {
			$item .= shift @lines while @lines && !is_whole($item);
			# Comments to the right that go on
			$item .= shift @lines while @lines
			    && $lines[0] =~ m{^\t+//};
			$kind = 'function' if code($item) =~ /^\}\s*\z/m;
		}
		push @items, { text => $item, kind => $kind,
		    names => [names($item, $kind)] };
	}
	return @items;
}

sub is_whole
{
	my $code = code($_[0]);
	my $depth = ($code =~ tr/({[//) - ($code =~ tr/)}]//);
	return $depth == 0 && $code =~ /(?:;|^\})\s*\z/m;
}

# The names that an item defines or declares
sub names
{
	my ($text, $kind) = @_;

	return $text =~ /^#\s*define\s+(\w+)/ if $kind eq 'macro';
	return if $kind ne 'function' && $kind ne 'declaration';
	my $code = code($text);
	return $code =~ /^(\w+)\(/m if $kind eq 'function';
	return if $code =~ /^(?:_S|s)tatic_assert/;
	return $text =~ /(\w+):/g if $code =~ /^__asm__/;

	return $1 if $code =~ /^[A-Z_]+\((\w+)\);/;	# declared by a macro
	$code =~ s/__attribute__\s*\(\(.*?\)\)//gs;
	my @names = $code =~ /\b(?:struct|enum|union)\s+(\w+)\s*\{/;
	push @names, map { /^\s*(\w+)/ } parts($1, ',')
	    if $code =~ /\benum\b[^{;(]*\{(.*?)\}/s;
	for my $declarator (declarators($code)) {
		push @names, $declarator =~ /\(\s*\*\s*(?:const\s+)?(\w+)/ ? $1
		    : $declarator =~ /(\w+)\s*(?:\(|\[|=|\z)/s ? $1 : ();
	}
	return grep { !/^(?:struct|enum|union)$/ } @names;
}

# int a, *b[3]: these two.  A type without any has none.
sub declarators
{
	my ($code) = @_;
	$code =~ s/;\s*\z//;
	$code =~ s/=\s*\{.*\}/= 0/s;
	$code =~ s/\{.*?\n?\}/ /s;
	$code =~ s/=[^,]*//g if $code !~ /\(/;
	return if $code =~ /^\s*(?:struct|enum|union)(?:\s+\w+)?\s*\z/;
	return map { s/\s+\z//r } parts($code, ',');
}

# A comment belongs to what follows up to the next blank line or comment.  What
# is empty goes: comments without items, headlines without a part.
sub text
{
	my @items = @_;
	my $text = join '', map { $_->{text} } @items;

	$text =~ s/\n{3,}/\n\n/g;
	1 while $text =~ s{^//\ -{5,}[^\n]*\n(?://[^\n]*\n)*\n*
	    (?=//\ -{5,}|\#endif|\z)}{}mx;
	$text =~ s/\n+\z/\n/;
	return $text;
}

# The items for which $keep holds, and the comments that belong to them
sub selected
{
	my ($keep, @items) = @_;
	my @kept;

	while (@items) {
		my $item = shift @items;
		if ($item->{kind} ne 'comment' || !@items
		    || $items[0]{kind} =~ /blank|condition/) {
			push @kept, $item if $item->{kind} =~ /blank|comment/
			    || $keep->($item);
			next;
		}
		my @group;
		push @group, shift @items
		    while @items && $items[0]{kind} !~ /blank|comment/;
		@group = grep { $keep->($_) } @group;
		push @kept, $item, @group if @group;
	}
	return @kept;
}

# ------------------------------------------------------ other versions of items

sub replace
{
	my ($text, $new) = @_;
	my @items = items($text);
	my @blocks = ([]);		# an item with the comment before it

	for my $item (items($new)) {
		if ($item->{kind} eq 'blank' || @{$blocks[-1]}
		    && $blocks[-1][-1]{kind} ne 'comment') {
			push @blocks, [] if @{$blocks[-1]};
		}
		push @{$blocks[-1]}, $item if $item->{kind} ne 'blank';
	}
	pop @blocks if !@{$blocks[-1]};

	# A comment alone is the one at the top of the file, or a headline.  An
	# item without a comment keeps the one that its namesake has.  What has no
	# namesake comes before what follows it here.
	my @waiting;
	for my $block (@blocks) {
		my $at = place_of($block, \@items);
		if (!defined $at) {
			push @waiting, @$block, blank_item();
			next;
		}
		my $first = $at;
		if ($first > 0 && $items[$first - 1]{kind} eq 'comment') {
			$first--;
			unshift @$block, $items[$first] if @$block == 1;
		}
		splice @items, $first, $at - $first + 1, @waiting, @$block;
		@waiting = ();
	}
	return text(@items, @waiting ? (blank_item(), @waiting) : ());
}

sub blank_item { return { text => "\n", kind => 'blank', names => [] } }

sub place_of
{
	my ($block, $items) = @_;
	my $item = $block->[-1];

	if ($item->{kind} eq 'comment') {
		my ($line) = $item->{text} =~ /\A(.*)\n/;
		return 0 if $line !~ /^\/\/ -----/;
		my ($at) = grep { $items->[$_]{text} =~ /\A\Q$line\E\n/ }
		    0 .. $#$items;
		return $at;
	}
	for my $alike (1, 0) {
		for my $at (0 .. $#$items) {
			my $old = $items->[$at];
			return $at if $old->{kind} eq 'include'
			    && $old->{text} eq $item->{text};
			return $at if @{$item->{names}} && @{$old->{names}}
			    && $old->{names}[0] eq $item->{names}[0]
			    && (!$alike || $old->{kind} eq $item->{kind});
		}
	}
	return undef if $item->{kind} ne 'include';
	# A new #include comes behind the last one that sorts before it
	my ($at) = grep { $items->[$_]{kind} eq 'include'
	    && $items->[$_]{text} lt $item->{text} } reverse 0 .. $#$items;
	return undef if !defined $at;
	unshift @$block, $items->[$at];
	return $at;
}

# ------------------------------------------------------------- absent names

sub without
{
	my ($text, $absent) = @_;
	my @items = selected(sub { !is_absent($_[0], $absent) }, items($text));

	for my $item (@items) {
		next if !grep { exists $absent->{$_} } words($item->{text});
		$item->{text} = $item->{kind} eq 'function'
		    ? reduced_function($item->{text}, $absent)
		    : $item->{kind} eq 'declaration'
		    ? reduced_declaration($item, $absent) : $item->{text};
	}
	return text(@items);
}

sub is_absent
{
	my ($item, $absent) = @_;
	return @{$item->{names}}
	    && !grep { !exists $absent->{$_} } @{$item->{names}};
}

# Without elements of lists in braces that mention absent names, and without
# absent declarators
sub reduced_declaration
{
	my ($item, $absent, $keep_fields) = @_;
	my $text = $item->{text};
	my $code = code($text);
	my $gone = sub { scalar grep { exists $absent->{$_} } words($_[0]) };

	return $text if !$gone->($text);
	if ($code =~ /\A[^{;]*\b(?:struct|union)\b[^{;=]*\{/) {
		$text = fields($text, $gone) if !$keep_fields;
		$code = code($text);
	}
	$text = listed($text, $gone);
	return $text if $code =~ /\{/;
	return declared($text, $absent);
}

# An enum or an initializer, without the elements that $gone says
sub listed
{
	my ($text, $gone) = @_;
	my $code = code($text);

	return $text if $code !~ /=\s*\{|\benum\b[^{;]*\{/g;
	my $open = pos($code) - 1;
	my $close = closing($code, $open);
	my @all = elements(substr $text, $open + 1, $close - $open - 1);
	my @kept = grep { $_ ne '' } map { $gone->($_) ? row_mark($_) : $_ }
	    map { listed($_, $gone) } @all;
	my $list = join '', @kept;

	# No comma at the end, if there was none
	$list =~ s/,(\s*(?:\/\/[^\n]*)?)\s*\z/$1\n/
	    if @kept && $kept[-1] ne $all[-1];
	substr($text, $open + 1, $close - $open - 1) = $list;
	return $text;
}

# The same before a row of a table
sub row_mark
{
	my ($row) = @_;
	my ($comments) = $row =~ m{\A\n((?:[ \t]*//[^\n]*\n)*)};
	my $mark = mark($comments // '');
	return $mark eq '' ? '' : "\n$mark";
}

# int a, b, c; without some of them
sub declared
{
	my ($text, $absent) = @_;
	my @parts = parts($text =~ s/;([^;]*)\z//r, ',');
	my $tail = $text =~ /(;[^;]*)\z/ ? $1 : '';

	return $text if @parts == 1 || code($text) =~ /\(/;
	my ($type, $first) = $parts[0] =~ /\A(.*?\s)(\**\w+[^\s]*)\z/s
	    or return $text;
	my @kept = grep { my ($n) = /(\w+)/; !exists $absent->{$n} }
	    ($first, @parts[1 .. $#parts]);
	return '' if !@kept;
	return wrapped($type . join(',', map { s/^\s*/ /r } @kept) =~ s/^ //r, '')
	    . $tail;
}

# The elements of a list, each with its comma and the comment behind it
sub elements
{
	my ($list) = @_;
	my $code = code($list);
	my ($from, $depth, @elements) = (0, 0);

	while ($code =~ /([(\[{])|([)\]}])|(,)/g) {
		$depth += $1 ? 1 : $2 ? -1 : 0;
		next if !$3 || $depth;
		my $end = pos $code;
		$end += length $1
		    if substr($list, $end) =~ m{\A([ \t]*//[^\n]*(?:\n\t+//[^\n]*)*)};
		push @elements, substr $list, $from, $end - $from;
		pos($code) = $from = $end;
	}
	return (@elements, substr $list, $from);
}

# A struct without the fields that $gone says
sub fields
{
	my ($text, $gone) = @_;
	my ($head, $list, $tail) = $text =~ /\A(.*?\{\n)(.*?)(^\}.*)\z/ms
	    or return $text;
	my (@fields, $field);

	for my $line (split /^/, $list) {
		if (@fields && $line =~ m{^\t+//} && $fields[-1] =~ m{;[ \t]*//}
		    && $line =~ m{^\t{2,}}) {
			$fields[-1] .= $line;
			next;
		}
		$field .= $line;
		next if $line !~ /\S/ || $line =~ m{^\s*//} || !is_whole($field);
		push @fields, $field;
		$field = '';
	}
	$list = join '', grep { !$gone->($_) } @fields;
	$list =~ s/\A\n+//;
	return $head . $list . ($field // '') . $tail;
}

# --------------------------------------------------------------- statements

sub reduced_function
{
	my ($text, $absent) = @_;
	my ($head, $body, $tail) = $text =~ /\A(.*?^\{\n)(.*)(^\}.*)\z/ms
	    or return $text;
	my $old;

	do {
		$old = $body;
		$body = reduced($body, $absent);
	} while ($body ne $old);
	$body =~ s/\A\n+//;
	$body =~ s/\n{3,}/\n\n/g;
	$body =~ s/\n\n+\z/\n/;
	return $head . $body . $tail;
}

# A list of statements, without those that are never executed
sub reduced
{
	my ($text, $absent) = @_;
	my $list = { text => $text, code => code($text), absent => $absent };
	my ($out, $at, $skip, $label) = ('', 0, 0, 0);

	while (my $s = statement($list, $at)) {
		my $lead = substr $text, $at, $s->{from} - $at;
		my $new = $s->{label} ? label($list, $s, \$skip, \$label)
		    : $skip ? '' : changed($list, $s);

		$label = 0 if !$s->{label};
		$at = $s->{end};
		if ($new =~ /\S/) {
			$out .= $lead . $new;
		} else {
			# Its comment goes, too
			$lead =~ s{((?:[ \t]*//[^\n]*\n)*)[ \t]*\z}{mark($1)}e;
			$out .= $lead if $lead =~ /\S/;
			$out .= "\n" if $lead =~ /\n\s*\n/ && $out =~ /\S\z/;
		}
	}
	return $out . substr $text, $at;
}

# The student's place in comments before what goes: it stays.
sub mark
{
	my ($comments) = @_;
	return $comments =~ m{^([ \t]*// LAB \d: Your code here.*?)\n*\z}ms
	    ? $1 : '';
}

# case X: goes if X is absent, and with it what follows, unless another case
# leads there.
sub label
{
	my ($list, $s, $skip, $label) = @_;
	my $text = substr $list->{text}, $s->{from}, $s->{end} - $s->{from};

	if (grep { exists $list->{absent}{$_} } words($text)) {
		$$skip = !$$label;
		return '';
	}
	$$skip = 0;
	$$label = 1;
	return $text;
}

# The next statement from $at on: where it is and what its parts are
sub statement
{
	my ($list, $at) = @_;
	my $code = $list->{code};

	pos($code) = $at;
	$code =~ /\G\s*/g;
	my $from = pos $code;
	return if $from >= length $code;
	my %s = (from => $from);

	if ($code =~ /\G\{/gc) {
		$s{block} = [$from + 1, closing($code, $from)];
		$s{end} = $s{block}[1] + 1;
	} elsif ($code =~ /\G(if|while|for|switch)\s*\(/gc) {
		$s{keyword} = $1;
		my $open = pos($code) - 1;
		my $close = closing($code, $open);
		$s{head} = [$open + 1, $close];
		$s{body} = statement($list, $close + 1);
		$s{end} = $s{body}{end};
		pos($code) = $s{end};
		if ($s{keyword} eq 'if' && $code =~ /\G\s*else\b/gc) {
			$s{else_at} = pos $code;
			$s{else} = statement($list, pos $code);
			$s{end} = $s{else}{end};
		}
	} elsif ($code =~ /\Gdo\b/gc) {
		$s{keyword} = 'do';
		$s{body} = statement($list, pos $code);
		pos($code) = $s{body}{end};
		$code =~ /\G[^;]*;/g;
		$s{end} = pos $code;
	} elsif ($code =~ /\G(?:case\b[^:;]*|default\s*|[a-z_]\w*\s*):(?!:)/gc) {
		$s{label} = 1;
		$s{end} = pos $code;
	} else {
		my $end = $from;
		while ($code =~ /([({\[])|(;)/g) {
			$end = pos $code;
			last if $2;
			pos($code) = closing($code, $end - 1);
		}
		$s{end} = $end;
	}
	die "not a whole statement: " . substr($code, $from, 60) . "\n"
	    if !$s{end};
	$s{end} += length $1 if substr($list->{text}, $s{end})
	    =~ m{\A([ \t]*//[^\n]*(?:\n\t+ {0,3}\t+//[^\n]*)*)};
	return \%s;
}

sub changed
{
	my ($list, $s) = @_;
	my ($text, $absent) = @$list{qw(text absent)};
	my $all = substr $text, $s->{from}, $s->{end} - $s->{from};

	return $all if !grep { exists $absent->{$_} } words($all);
	if (my $block = $s->{block}) {
		my $in = reduced(substr($text, $block->[0],
		    $block->[1] - $block->[0]), $absent);
		return '' if $in !~ /\S/;
		return substr($all, 0, $block->[0] - $s->{from}) . $in
		    . substr($all, $block->[1] - $s->{from});
	}
	return conditional($list, $s) if $s->{keyword} && $s->{keyword} ne 'do';
	if ($s->{body}) {
		my $body = changed($list, $s->{body});
		return '' if $body !~ /\S/;
		return substr($all, 0, $s->{body}{from} - $s->{from}) . $body
		    . substr($text, $s->{body}{end}, $s->{end} - $s->{body}{end});
	}

	# Calls of absent functions, and changes of absent variables
	return '' if $all =~ /\A(?:\(void\)\s*)?(?:\+\+|--|\*|&)*(\w+)/
	    && exists $absent->{$1};
	return '' if code($all) =~ /\A([^=;?]*[^=;?!<>])=(?!=)/ && balanced($1)
	    && grep { exists $absent->{$_} } words($1);
	my ($statement, $tail) = $all =~ m{\A(.*;)(\s*//.*|)\z}s;
	return '' if code($statement) =~ /\A(?:static )?(?:const )?struct (\w+)\b/
	    && exists $absent->{$1};
	$statement = listed($statement,
	    sub { scalar grep { exists $absent->{$_} } words($_[0]) });
	my $new = finished(folded($statement =~ s/;\z//r, $absent));
	return wrapped("$new;", indentation($list, $s)) . $tail;
}

sub indentation
{
	my ($list, $s) = @_;
	return substr($list->{text}, 0, $s->{from}) =~ /(?:^|\n)(\t*)\z/ ? $1
	    : "\t";
}

sub conditional
{
	my ($list, $s) = @_;
	my ($text, $absent) = @$list{qw(text absent)};
	my ($from, $to) = @{$s->{head}};
	my $head = substr $text, $from, $to - $from;
	my $body = changed($list, $s->{body});
	my $other = $s->{else} ? changed($list, $s->{else}) : '';
	my $new = $s->{keyword} eq 'for'
	    ? join(';', map { folded($_, $absent) } parts($head, ';'))
	    : folded($head, $absent);

	if ($s->{keyword} eq 'if') {
		return outward($body) if $new eq $TRUE;
		return outward($other) if $new eq $FALSE;
		return '' if $body !~ /\S/ && $other !~ /\S/;
		if ($body !~ /\S/) {
			($body, $other) = ($other, '');
			$new = "!($new)";
		}
	} else {
		return '' if $new eq $FALSE || $body !~ /\S/;
	}
	my $open = $s->{body}{block} && $body =~ /^\{/ ? ' '
	    : substr $text, $to + 1, $s->{body}{from} - $to - 1;
	$head = $s->{keyword} . ' (' . finished($new) . ')';
	$head = wrapped($head, indentation($list, $s));
	return $head . $open . $body if $other !~ /\S/;
	my $else = substr($text, $s->{body}{end}, $s->{else}{from} - $s->{body}{end});
	return $head . $open . $body . $else . $other;
}

# What was in a block or below a condition, one tab to the left
sub outward
{
	my ($text) = @_;
	$text =~ s/\A\{\s*?\n?\s*(.*?)\s*\}\z/$1/s;
	return $text =~ s/^\t//mgr;
}

# ------------------------------------------------------------- expressions

# An expression without absent names.  $TRUE and $FALSE stand for what is known.
sub folded
{
	my ($text, $absent) = @_;

	return $text if !grep { exists $absent->{$_} } words($text);
	my ($lead, $mid, $trail) = $text =~ /\A(\s*)(.*?)(\s*)\z/s;
	my $new = folded_inside($mid, $absent);
	return $new if $new eq $TRUE || $new eq $FALSE;
	return $lead . $new . $trail;
}

sub folded_inside
{
	my ($text, $absent) = @_;

	# return e, a = e
	if (code($text) =~ /\A(return\b\s*)(?=.)/s
	    || code($text) =~ /\A([^?]*?[^=!<>]=)(?!=)/s && balanced($1)) {
		my $start = substr $text, 0, length $1;
		my $rest = substr $text, length $1;
		return folded($rest =~ s/\A\s+//r, $absent)
		    if $start =~ /\A(\w+)\s*=\z/ && exists $absent->{$1};
		return $start . finished(folded($rest, $absent));
	}
	my @parts = parts($text, qr/\?|(?<![?:]):(?!:)/);
	if (@parts == 3) {
		my ($if, $yes, $no) = map { folded($_, $absent) } @parts;
		my $result = $if eq $TRUE ? $yes : $if eq $FALSE ? $no
		    : join('', $if, '?', finished($yes), ':', finished($no));
		return $result =~ s/\A\s+//r;
	}
	for my $operator (qr/\|\|/, qr/&&/) {
		@parts = parts($text, $operator);
		next if @parts == 1;
		my ($stop, $drop) = $operator eq qr/&&/ ? ($FALSE, $TRUE)
		    : ($TRUE, $FALSE);
		@parts = map { s/\A\s+|\s+\z//gr } map { folded($_, $absent) }
		    @parts;
		return $stop if grep { $_ eq $stop } @parts;
		@parts = grep { $_ ne $drop } @parts;
		return $drop if !@parts;
		return join $stop eq $FALSE ? ' && ' : ' || ', @parts;
	}
	if ($text =~ /\A!\s*(.*)\z/s) {
		my $in = folded($1, $absent);
		return $in eq $TRUE ? $FALSE : $in eq $FALSE ? $TRUE : "!$in";
	}
	if ($text =~ /\A\(/ && closing(code($text), 0) == length($text) - 1) {
		my $in = folded(substr($text, 1, -1), $absent);
		return $in eq $TRUE || $in eq $FALSE ? $in : "($in)";
	}
	# name, name(...), name->field, name[...]
	if ($text =~ /\A(\w+)\b(.*)\z/s && exists $absent->{$1}
	    && is_suffix($2)) {
		my $value = $absent->{$1};
		$value = $value->($2) if ref $value;
		return $value eq '0' ? $FALSE : $value eq '1' ? $TRUE : $value;
	}
	return folded_arguments($text, $absent);
}

sub balanced { return ($_[0] =~ tr/([{//) == ($_[0] =~ tr/)]}//) }

# Calls, subscripts and fields up to the end
sub is_suffix
{
	my ($text) = @_;
	while ($text ne '') {
		if ($text =~ /\A(?:->|\.)\w+/) {
			$text = $';
		} elsif ($text =~ /\A[(\[]/) {
			$text = substr $text, closing(code($text), 0) + 1;
		} else {
			return 0;
		}
	}
	return 1;
}

# Any other expression: absent names in it become their values
sub folded_arguments
{
	my ($text, $absent) = @_;
	my $code = code($text);
	my $out = '';
	my $at = 0;

	while ($code =~ /([A-Za-z_]\w*)|([(\[{])/g) {
		my $end = pos $code;
		if ($2) {
			my $close = closing($code, $end - 1);
			my $in = substr $text, $end, $close - $end;
			$out .= substr($text, $at, $end - $at) . join(',',
			    map { finished(folded($_, $absent)) } parts($in, ','));
			$at = $close;
			pos($code) = $close + 1;
		} elsif (exists $absent->{$1}) {
			my $name = $1;
			my $stop = $end;
			while (substr($code, $stop)
			    =~ /\A(?:((?:->|\.)\w+)|[(\[])/) {
				$stop = $1 ? $stop + length $1
				    : closing($code, $stop) + 1;
			}
			my $value = $absent->{$name};
			$value = $value->(substr $text, $end, $stop - $end)
			    if ref $value;
			$out .= substr($text, $at, $end - length($name) - $at)
			    . $value;
			$at = $stop;
			pos($code) = $stop;
		}
	}
	return $out . substr $text, $at;
}

sub finished { return $_[0] =~ s/$TRUE/true/gr =~ s/$FALSE/false/gr }

# A statement in lines of at most 80 columns.  $tabs is the indentation of its
# first line, which $text does not have.
sub wrapped
{
	my ($text, $tabs) = @_;
	my $code = code($text);

	return $text if $text =~ m{//|"\s*\n} || $code =~ /[{#]/;
	my $flat = $text =~ s/(\()\s*\n\s*/$1/gr =~ s/\s*\n\s*/ /gr;
	my @lines = ($flat);
	while (columns($tabs . $lines[-1]) > 80) {
		my $line = $lines[-1];
		my $best;
		my $blanked = code($line);
		while ($blanked =~ / (?=\S)/g) {
			my $at = pos $blanked;
			last if columns($tabs . substr $line, 0, $at - 1) > 80;
			$best = $at if substr($blanked, $at - 2, 1) =~ /[,;=?(]/
			    || substr($blanked, $at) =~ /\A(?:&&|\|\||[?:|&+] )/;
		}
		last if !$best;
		$lines[-1] = substr $line, 0, $best - 1;
		$tabs .= "\t" if @lines == 1;
		push @lines, substr $line, $best;
	}
	return join "\n$tabs", @lines;
}

sub columns { return length($_[0] =~ s/^(\t+)/' ' x (8 * length $1)/er) }

# ------------------------------------------------------------------ reached

sub reached
{
	my ($texts, $keep, $sees) = @_;
	my (%items, %defined, @todo);

	for my $file (sort keys %$texts) {
		if ($file !~ /\.[ch]$/) {
			push @todo, map { [$file, $_] } foreign($texts->{$file})
			    if $file =~ /\.S$/;
			next;
		}
		$items{$file} = [items($texts->{$file})];
		for my $item (@{$items{$file}}) {
			$item->{file} = $file;
			push @{$defined{$_}{$file}}, $item for @{$item->{names}};
		}
	}
	my $reach = sub {
		my ($item) = @_;
		return if $item->{live}++;
		my $text = $item->{text};
		push @todo, map { [$item->{file}, $_] } words($text),
		    $text =~ /__asm__/ ? $text =~ /\b[a-z_]\w*/g : ();
	};
	for my $item (map { @$_ } values %items) {
		$reach->($item) if grep { $keep->($item->{file}, $_) }
		    @{$item->{names}};
	}
	while (my $use = shift @todo) {
		my ($file, $name) = @$use;
		my $in = $defined{$name} or next;
		my @here = @{$in->{$file} // []};
		my @found = (grep { is_local($_) } @here) ? @here
		    : grep { !is_local($_) && $sees->($file, $_->{file}) }
		    map { @$_ } values %$in;
		$reach->($_) for grep { !$_->{live} } @found;
	}
	return pruned($texts, \%items, \%defined);
}

# Is it for its own file alone?
sub is_local
{
	my ($item) = @_;
	return $item->{file} =~ /\.c$/ && $item->{text} =~
	    /^(?:(?:static|typedef|\#\s*define|ALWAYS_INLINE)\b
	    |(?:struct|enum|union)(?:\s+\w+)?\s*\{)/x;
}

# The names in assembly that are no labels of its own.  # and a space begin a
# comment.
sub foreign
{
	my ($text) = @_;
	my %own = map { $_ => 1 } $text =~ /^(\w+):/mg;
	return grep { !$own{$_} } words($text =~ s/# [^\n]*//gr);
}

# The texts with live items only; files without any go
sub pruned
{
	my ($texts, $items, $defined) = @_;
	my (%new, %gone, %live);

	for my $name (keys %$defined) {
		$live{$name} = grep { $_->{live} }
		    map { @$_ } values %{$defined->{$name}};
		$gone{$name} = 0 if !$live{$name};
	}
	for my $file (sort keys %$texts) {
		my $list = $items->{$file};
		if (!$list) {
			$new{$file} = $texts->{$file};
			next;
		}
		my @kept = selected(sub { is_live($_[0], \%gone) }, @$list);
		next if !grep { $_->{live} } @kept;
		for my $item (grep { $_->{kind} eq 'declaration' } @kept) {
			$item->{text} = reduced_declaration($item, \%gone, 1);
		}
		$new{$file} = text(@kept);
	}
	includes(\%new, $texts, $items);
	return \%new;
}

sub is_live
{
	my ($item, $gone) = @_;

	return 1 if $item->{live} || $item->{kind} =~ /include|condition/;
	return 0 if @{$item->{names}};
	return !grep { exists $gone->{$_} } words($item->{text});
}

# An #include goes if its file does; in a .c file also if it was there for names
# that are not used any more.
sub includes
{
	my ($new, $texts, $items) = @_;

	for my $file (grep { /\.[chS]$/ } keys %$new) {
		my %was = map { $_ => 1 } words($texts->{$file});
		my %is = map { $_ => 1 } words($new->{$file});

		$new->{$file} =~ s{^\#include\ <([^>\n]+\.h)>\n}{
			my ($line, $header) = ($&, $1);
			my @names = map { @{$_->{names}} }
			    @{$items->{$header} // []};
			$header !~ m{^(?:inc|kern|fs)/} ? $line
			    : !exists $new->{$header} ? ''
			    : $file !~ /\.h$/ && (grep { $was{$_} } @names)
			    && !(grep { $is{$_} } @names) ? '' : $line;
		}gemx;
		$new->{$file} = text({ text => $new->{$file} });
	}
	missing_includes($new, $items);
}

# A header that went may have included others: constants and functions that a
# file uses and none of its headers has.
sub missing_includes
{
	my ($new, $items) = @_;
	my %headers;			# of a name

	for my $file (grep { m{^(?:inc|kern)/.*\.h$} } keys %$new) {
		push @{$headers{$_}}, $file for map { @{$_->{names}} }
		    grep { $_->{live} } @{$items->{$file}};
	}
	for my $file (grep { /\.[ch]$/ } sort keys %$new) {
		next if $new->{$file} =~ /^#include <\w+\.h>/m;	# for the host
		my $code = code($new->{$file});
		my %have = map { $_ => 1 } $file, included($new, $file);
		my %local = map { $_ => 1 } map { @{$_->{names}} }
		    @{$items->{$file}};
		my %add;

		for my $name ($code =~ /\b(?:[A-Z][A-Z0-9_]+\b|\w+(?=\())/g) {
			my $in = [grep { m{^inc/} || $file =~ m{^kern/} }
			    @{$headers{$name} // []}];
			next if !@$in;
			$add{$in->[0]} = 1
			    if !$local{$name} && !grep { $have{$_} } @$in;
		}
		$new->{$file} = with_include($new->{$file}, $_)
		    for sort keys %add;
	}
}

sub included
{
	my ($texts, $file, $seen) = @_;
	my @headers = grep { exists $texts->{$_} }
	    $texts->{$file} =~ /^#include <([^>\n]+)>/mg;

	$seen //= {};
	return map { ($_, included($texts, $_, $seen)) }
	    grep { !$seen->{$_}++ } @headers;
}

# In its place in the order of the alphabet, or else first
sub with_include
{
	my ($text, $header) = @_;
	my ($folder) = $header =~ m{^(\w+/)};
	my $line = "#include <$header>\n";
	my @lines = $text =~ /^#include <\Q$folder\E[^\n]*\n/mg;

	return $text =~ s/^(?=#include)/$line\n/mr if !@lines;
	my ($before) = grep { $_ gt $line } @lines;
	return $before ? $text =~ s/^(?=\Q$before\E)/$line/mr
	    : $text =~ s/^(\Q$lines[-1]\E)/$1$line/mr;
}

1;
