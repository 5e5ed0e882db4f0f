# tools/lib/Source.pm - finds functions in the text of a source file, in the
# style of this tree: the name begins a line, after the line with the type, and
# the brace that ends the body is alone on a line.  A label in assembly counts
# as a function that ends with its .size.
#
# Entry points:
#   Source::read_file(FILE), Source::write_file(FILE, TEXT)
#   Source::parts(TEXT, NAME)	the text before the function's first statement,
#				its statements, and the rest; or nothing
#   Source::function(TEXT, NAME)	a whole C function with the comment
#				before it, or undef
#   Source::names(TEXT)		the names of all C functions
#   Source::squeezed(FUNCTION)	its code on one line, without comments but for
#				the first line of one that marks a student place
#   Source::blank_places(FUNCTION)	of a function as it is handed out: for
#				each such comment, this line and what stands
#				around it, as `squeezed' has it

package Source;
use strict;
use warnings;

my $arguments = qr/\((?:[^\n]|\n[ \t])*\)\n\{\n/;

sub read_file
{
	my ($file) = @_;
	open my $fh, '<', $file or die "$file: $!\n";
	local $/;
	return scalar <$fh>;
}

sub write_file
{
	my ($file, $text) = @_;
	open my $fh, '>', $file or die "$file: $!\n";
	print $fh $text;
	close $fh or die "$file: $!\n";
}

sub parts
{
	my ($text, $name) = @_;
	my @parts = split /(^\Q$name\E(?::\n|$arguments))/m, $text;

	return if @parts != 3;
	my ($body, $rest) =
	    $parts[2] =~ /\A(.*?)(^(?:\}|\t\.size[^\n]*)\n.*)\z/ms or return;
	return ($parts[0] . $parts[1], $body, $rest);
}

sub function
{
	my ($text, $name) = @_;
	return $text =~ m{((?:^//[^\n]*\n)*^\w[^\n;]*\n\Q$name\E$arguments
	    .*?^\}\n)}msx ? $1 : undef;
}

sub names
{
	my ($text) = @_;
	return $text =~ /^(\w+)$arguments/mg;
}

my $mark = qr/Your code here|Fill this function in/;

sub squeezed { return join ' ', code_lines(@_) }

# Two lines behind the comment: stubs are not longer
sub blank_places
{
	my @lines = code_lines(@_);
	return map { join ' ', grep { defined } @lines[$_ - 1 .. $_ + 2] }
	    grep { $lines[$_] =~ $mark } 1 .. $#lines;
}

# Places next to each other are one: their code may stand in either.
sub code_lines
{
	my ($function) = @_;
	my @lines;
	for my $line (split /\n/, $function) {
		$line =~ s{\s*//.*}{} if $line !~ $mark;
		$line =~ s/^\s+|\s+$//g;
		$line =~ s/\s+/ /g;
		push @lines, $line if $line ne '' && !($line =~ $mark
		    && @lines && $lines[-1] =~ $mark);
	}
	return @lines;
}

1;
