// System.Data.Odbc, in Mono.
using System;
using System.Collections.Generic;
using System.Data;
using System.Data.Odbc;
using System.Globalization;

static class Program
{
    static void Show(string name, object value)
    {
        Console.WriteLine("{0}={1}", name, value is DBNull ? "NULL" : Convert.ToString(value, CultureInfo.InvariantCulture));
    }

    static string Names(DataTable rows, string column, string kind)
    {
        var names = new List<string>();
        foreach (DataRow row in rows.Rows)
            if (kind == null || (string)row["TABLE_TYPE"] == kind)
                names.Add((string)row[column]);
        return string.Join(",", names);
    }

    static void Main(string[] arguments)
    {
        Console.OutputEncoding = new System.Text.UTF8Encoding(false);
        using (var db = new OdbcConnection(arguments[0]))
        {
            db.Open();
            Func<string, object, object[]> one = (sql, parameter) =>
            {
                using (var command = new OdbcCommand(sql, db))
                {
                    if (parameter != null)
                        command.Parameters.AddWithValue("p", parameter);
                    using (var reader = command.ExecuteReader())
                    {
                        var values = new object[reader.FieldCount];
                        reader.Read();
                        reader.GetValues(values);
                        return values;
                    }
                }
            };
            Show("by_number", one("SELECT name FROM people WHERE id = ?", 2)[0]);
            Show("by_text", one("SELECT id FROM people WHERE name = ?", arguments[1])[0]);
            Show("null", one("SELECT name FROM people WHERE id = ?", 3)[0]);
            var row = one("SELECT born, seen, score, big, note FROM people WHERE id = ?", 1);
            Show("date", ((DateTime)row[0]).ToString("yyyy-MM-dd"));
            Show("timestamp", ((DateTime)row[1]).ToString("yyyy-MM-dd HH:mm:ss.fff"));
            Show("number", row[2]);
            Show("big", row[3]);
            var note = (string)row[4];
            Show("long", note.Length + note.Substring(note.Length - 3));
            Show("long_parameter", one("SELECT id FROM people WHERE note = ?", note)[0]);
            using (var command = new OdbcCommand("SELECT * FROM people", db))
            using (var reader = command.ExecuteReader(CommandBehavior.SchemaOnly))
            {
                var names = new List<string>();
                for (var column = 0; column < reader.FieldCount; column++)
                    names.Add(reader.GetName(column));
                Show("columns", string.Join(",", names));
            }
            try
            {
                one("SELECT * FROM nobody", null);
            }
            catch (OdbcException error)
            {
                Show("error", error.Errors[0].SQLState + " " + error.Message);
            }
            Show("procedure", one("EXEC GetOAuthAuthorizationURL CallbackURL='http://localhost:33333'", null)[0]);
        }
    }
}
