namespace RaftActors.Examples;

/// <summary>The purse of the last release, which has version 1.</summary>
public sealed class LastPurse : RaftActor<decimal, decimal>
{
    private decimal _balance;

    protected override decimal HandleAppend(Entry<decimal> entry) => _balance += entry.Value;

    protected override object? HandleQuery(object question) => _balance;
}
