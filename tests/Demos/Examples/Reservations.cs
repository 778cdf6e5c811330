namespace RaftActors.Examples;

/// <summary>
/// Seats that a customer reserves for a while. The key of a pair is the seat, and its value the customer; empty: the seat is paid.
/// </summary>
public sealed class Reservations : RaftActor<string, bool>
{
    private static readonly TimeSpan HeldFor = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, string> _customers = [];

    protected override bool HandleAppend(Entry<string> entry)
    {
        if (entry.Value.Length == 0)
        {
            return Forget(entry.Key);
        }

        if (!_customers.TryAdd(entry.Key, entry.Value))
        {
            return false;
        }

        Remind(entry.Key, HeldFor, entry.Value);
        return true;
    }

    protected override void HandleReminder(Entry<string> entry) => _customers.Remove(entry.Key);

    protected override object? HandleQuery(object question) => _customers.GetValueOrDefault((string)question);
}
