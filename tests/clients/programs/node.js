// The npm package odbc.
const odbc = require('odbc');

function show(name, value) {
    console.log(`${name}=${value === null ? 'NULL' : value}`);
}

(async () => {
    const [string, text] = process.argv.slice(2);
    const db = await odbc.connect(string);
    const one = async (sql, ...parameters) => Object.values((await db.query(sql, parameters))[0]);
    const names = (rows, column) => rows.map((row) => row[column]).join(',');
    show('tables', names(await db.tables(null, null, null, 'TABLE'), 'TABLE_NAME'));
    show('columns', names(await db.columns(null, null, 'people', null), 'COLUMN_NAME'));
    show('by_number', (await one('SELECT name FROM people WHERE id = ?', 2))[0]);
    show('by_text', (await one('SELECT id FROM people WHERE name = ?', text))[0]);
    show('null', (await one('SELECT name FROM people WHERE id = ?', 3))[0]);
    const [born, seen, score, big, note] = await one('SELECT born, seen, score, big, note FROM people WHERE id = ?', 1);
    show('date', born);
    show('timestamp', seen);
    show('number', score);
    show('big', big);
    show('long', note.length + note.slice(-3));
    show('long_parameter', (await one('SELECT id FROM people WHERE note = ?', note))[0]);
    try {
        await db.query('SELECT * FROM nobody');
    } catch (error) {
        show('error', `${error.odbcErrors[0].state} ${error.odbcErrors[0].message}`);
    }
    // A statement that is prepared, bound and executed again, and a cursor that fetches in blocks.
    const statement = await db.createStatement();
    await statement.prepare('SELECT name FROM people WHERE id = ?');
    for (const id of [1, 2]) {
        await statement.bind([id]);
        show(`prepared_${id}`, (await statement.execute())[0].name);
    }
    await statement.close();
    const cursor = await db.query('SELECT id FROM people ORDER BY id', { cursor: true, fetchSize: 2 });
    const sizes = [];
    while (!cursor.noData) {
        sizes.push((await cursor.fetch()).length);
    }
    await cursor.close();
    show('blocks', sizes.filter((size) => size > 0).join('+'));
    const procedure = await db.query("EXEC GetOAuthAuthorizationURL CallbackURL='http://localhost:33333'");
    show('procedure', Object.values(procedure[0])[0]);
    await db.close();
})();
