namespace RaftActors.Examples;

/// <summary>A balance. By version 1 it has all digits of its bookings. By version 2 it has cents.</summary>
public sealed class Purse : RaftActor<decimal, decimal>
{
    private decimal _balance;

    protected override int LogicVersion => 2;

    protected override decimal HandleAppend(Entry<decimal> entry) =>
        _balance += entry.LogicVersion >= 2 ? decimal.Round(entry.Value, 2) : entry.Value;

    protected override void HandleUpgrade(int from, int to) => _balance = decimal.Round(_balance, 2);

    protected override object? HandleQuery(object question) => _balance;
}
