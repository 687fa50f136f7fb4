<?php
// The odbc_* functions.
function show($name, $value) {
    echo $name, '=', $value ?? 'NULL', "\n";
}

$db = odbc_connect($argv[1], '', '');
$one = function ($sql, ...$parameters) use ($db) {
    $query = odbc_prepare($db, $sql);
    odbc_execute($query, $parameters);
    odbc_longreadlen($query, 200000);
    odbc_fetch_row($query);
    return fn($column) => odbc_result($query, $column);
};
$names = function ($rows, $column) {
    $names = [];
    while (odbc_fetch_row($rows)) {
        $names[] = odbc_result($rows, $column);
    }
    return implode(',', $names);
};
show('tables', $names(odbc_tables($db, null, null, null, 'TABLE'), 'TABLE_NAME'));
show('columns', $names(odbc_columns($db, null, null, 'people', '%'), 'COLUMN_NAME'));
show('by_number', $one('SELECT name FROM people WHERE id = ?', 2)(1));
show('by_text', $one('SELECT id FROM people WHERE name = ?', $argv[2])(1));
show('null', $one('SELECT name FROM people WHERE id = ?', 3)(1));
$row = $one('SELECT born, seen, score, big, note FROM people WHERE id = ?', 1);
show('date', $row(1));
show('timestamp', $row(2));
show('number', $row(3));
show('big', $row(4));
$note = $row(5);
show('long', strlen($note) . substr($note, -3));
show('long_parameter', $one('SELECT id FROM people WHERE note = ?', $note)(1));
@odbc_exec($db, 'SELECT * FROM nobody');
show('error', odbc_error($db) . ' ' . odbc_errormsg($db));
show('procedure', odbc_result(odbc_exec($db, "EXEC GetOAuthAuthorizationURL CallbackURL='http://localhost:33333'"), 1));
