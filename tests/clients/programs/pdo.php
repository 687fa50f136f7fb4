<?php
// PDO_ODBC: every parameter is given at execution.
function show($name, $value) {
    echo $name, '=', $value ?? 'NULL', "\n";
}

$db = new PDO("odbc:$argv[1]", null, null, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
$one = function ($sql, ...$parameters) use ($db) {
    $query = $db->prepare($sql);
    $query->execute($parameters);
    return $query->fetch(PDO::FETCH_NUM);
};
show('by_number', $one('SELECT name FROM people WHERE id = ?', 2)[0]);
show('by_text', $one('SELECT id FROM people WHERE name = ?', $argv[2])[0]);
show('null', $one('SELECT name FROM people WHERE id = ?', 3)[0]);
[$born, $seen, $score, $big, $note] = $one('SELECT born, seen, score, big, note FROM people WHERE id = ?', 1);
show('date', $born);
show('timestamp', $seen);
show('number', $score);
show('big', $big);
show('long', strlen($note) . substr($note, -3));
show('long_parameter', $one('SELECT id FROM people WHERE note = ?', $note)[0]);
try {
    $db->query('SELECT * FROM nobody');
} catch (PDOException $error) {
    show('error', $error->getMessage());
}
show('procedure', $db->query("EXEC GetOAuthAuthorizationURL CallbackURL='http://localhost:33333'")->fetchColumn());
