namespace RaftActors.Testing.Tests.History;

/// <summary>A request to a register. A closed set of types.</summary>
internal abstract record Ask
{
    private Ask()
    {
    }

    public sealed record Read : Ask;

    public sealed record Write(int Value) : Ask;

    /// <summary>Returns 1 if it set the value, 0 if it found another value.</summary>
    public sealed record CompareAndSet(int From, int To) : Ask;
}

/// <summary>The model of a register with a number or null. The output of a write is ignored.</summary>
internal sealed class Register(bool tellsReads = true) : SequentialModel<int?, Ask, int?>
{
    public override int? Initial => null;

    public override bool IsReadOnly(Ask input) => tellsReads && input is Ask.Read;

    public override bool TryStep(int? state, Ask input, Operation<Ask, int?> operation, out int? next)
    {
        next = input switch
        {
            Ask.Write write => write.Value,
            Ask.CompareAndSet set when state == set.From => set.To,
            _ => state,
        };
        return input switch
        {
            Ask.Read => operation.Allows(state),
            Ask.CompareAndSet set => operation.Allows(state == set.From ? 1 : 0),
            _ => true,
        };
    }
}
