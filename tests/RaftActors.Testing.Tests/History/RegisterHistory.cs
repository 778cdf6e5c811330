namespace RaftActors.Testing.Tests.History;

/// <summary>A history of a register, line by line. Each operation has a client of its own.</summary>
internal sealed class RegisterHistory
{
    private int _clients;

    public OperationHistory<Ask, int?> Recorded { get; } = new();

    public Operation<Ask, int?> Read() => Recorded.Invoke(_clients++, new Ask.Read());

    public Operation<Ask, int?> Write(int value) => Recorded.Invoke(_clients++, new Ask.Write(value));

    public Operation<Ask, int?> Set(int from, int to) => Recorded.Invoke(_clients++, new Ask.CompareAndSet(from, to));

    public void Ok(Operation<Ask, int?> operation, int? output = null) => Recorded.Ok(operation, output);

    /// <summary>Records a write without concurrent operations.</summary>
    public Operation<Ask, int?> Wrote(int value)
    {
        var write = Write(value);
        Ok(write);
        return write;
    }

    /// <summary>Records a read without concurrent operations.</summary>
    public Operation<Ask, int?> Saw(int? value)
    {
        var read = Read();
        Ok(read, value);
        return read;
    }

    public void IsLinearizable() => Assert.Null(Recorded.Check(new Register()));

    public HistoryFault<Ask, int?> IsNotLinearizable()
    {
        var wrong = Recorded.Check(new Register());
        Assert.NotNull(wrong?.Impossible);
        return wrong;
    }
}
