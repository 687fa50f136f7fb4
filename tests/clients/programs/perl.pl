# DBD::ODBC.
use strict;
use warnings;
use DBI qw(:sql_types);
use Encode;

binmode STDOUT, ':raw';
my $db = DBI->connect("dbi:ODBC:$ARGV[0]", '', '', {RaiseError => 1, PrintError => 0, LongReadLen => 200_000});

# Without its Unicode option DBD::ODBC hands over the driver's own UTF-8.
sub show {
    my ($name, $value) = @_;
    $value = 'NULL' unless defined $value;
    print "$name=", utf8::is_utf8($value) ? encode('UTF-8', $value) : $value, "\n";
}

my $given = $db->{odbc_has_unicode} ? decode('UTF-8', $ARGV[1]) : $ARGV[1];
show('tables', join ',', map { $_->[2] } @{$db->table_info(undef, undef, undef, 'TABLE')->fetchall_arrayref});
show('columns', join ',', map { $_->[3] } @{$db->column_info(undef, undef, 'people', '%')->fetchall_arrayref});
show('by_number', $db->selectrow_array('SELECT name FROM people WHERE id = ?', undef, 2));
show('by_text', $db->selectrow_array('SELECT id FROM people WHERE name = ?', undef, $given));
my $query = $db->prepare('SELECT name, born, seen, score, big, note FROM people WHERE id = ?');
$query->execute(3);
show('null', ($query->fetchrow_array)[0]);
$query->bind_param(1, 1, SQL_INTEGER);
$query->execute;
my ($name, $born, $seen, $score, $big, $note) = $query->fetchrow_array;
show('date', $born);
show('timestamp', $seen);
show('number', $score);
show('big', $big);
show('long', length($note) . substr $note, -3);
$query->finish;
# A text past DBD::ODBC's own limit is given at execution.
show('long_parameter', $db->selectrow_array('SELECT id FROM people WHERE note = ?', undef, $note));
eval { $db->selectrow_array('SELECT * FROM nobody') };
show('error', $db->state . ' ' . $db->errstr);
show('procedure', $db->selectrow_array("EXEC GetOAuthAuthorizationURL CallbackURL='http://localhost:33333'"));
