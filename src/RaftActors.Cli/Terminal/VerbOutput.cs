namespace RaftActors.Cli.Terminal;

/// <summary>The output of a running verb as text or as JSON objects. The methods return the exit code.</summary>
internal class VerbOutput(CommandEnvironment environment, bool isJson)
{
    public CommandEnvironment Environment => environment;

    public bool IsJson => isJson;

    /// <summary>Writes a JSON object, or a line if there is a text.</summary>
    /// <param name="members">See <see cref="JsonLine.Write"/>.</param>
    public int Write(string kind, string? text, params (string Name, object? Value)[] members)
    {
        if (isJson)
        {
            JsonLine.Write(environment.Output, [("kind", kind), .. members]);
        }
        else if (text is not null)
        {
            environment.Output.WriteLine(text);
        }

        return ExitCode.Done;
    }

    /// <summary>Writes what was done. A broken pipe does not change the exit code.</summary>
    public int WriteOutcome(string kind, string? text, params (string Name, object? Value)[] members)
    {
        environment.Report(_ => Write(kind, text, members));
        return ExitCode.Done;
    }

    /// <summary>Writes a table, or a JSON object for each row.</summary>
    /// <param name="count">The number of all rows, if these are only the first.</param>
    public int WriteRows<TRow>(string kind, IReadOnlyCollection<TRow> rows, Column<TRow>[] columns, int? count = null)
    {
        WriteTable(new RowTable<TRow>(kind, rows, columns), environment.Output);
        environment.Output.Write(count > rows.Count && !isJson ? $"These are {rows.Count} of {count}.\n" : "");
        return ExitCode.Done;
    }

    /// <summary>Writes a table, or its JSON objects.</summary>
    public void WriteTable(ITable table, TextWriter output)
    {
        if (isJson)
        {
            table.WriteJson(output);
        }
        else
        {
            table.WriteText(output);
        }
    }

    public int Refuse(string why)
    {
        environment.Output.Flush();
        environment.Error.WriteLine($"raft: {Printable.Of(why)}");
        return ExitCode.Failed;
    }
}
