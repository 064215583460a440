using System.Globalization;
using DuckDB.NET.Data;

namespace NetLab.Host.Tests.Tables;

/// <summary>DuckDB, which reads what nlab wrote.</summary>
internal sealed class DuckDb : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    public DuckDb() => _connection.Open();

    /// <summary>The rows of an answer, their values as text; null where there is none.</summary>
    public List<string?[]> Ask(string query)
    {
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = query;
        using DuckDBDataReader reader = command.ExecuteReader();
        var rows = new List<string?[]>();
        while (reader.Read())
        {
            string?[] row = new string?[reader.FieldCount];
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture);
            }

            rows.Add(row);
        }

        return rows;
    }

    /// <summary>The only value of an answer.</summary>
    public string? One(string query) => Ask(query)[0][0];

    public void Dispose() => _connection.Dispose();
}
