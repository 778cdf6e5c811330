using Akka.Actor;

namespace RaftActors.Examples;

/// <summary>
/// A ledger with standing orders. The value of the key <c>alice&gt;bob</c> is what alice pays bob on the first of each month; 0 ends it.
/// </summary>
internal sealed class OrderLedger(IActorRef watcher) : Ledger(watcher)
{
    protected override BookingResult HandleAppend(Entry<int> entry)
    {
        if (!entry.Key.Contains('>'))
        {
            return base.HandleAppend(entry);
        }

        Forget(entry.Key);
        if (entry.Value > 0)
        {
            RemindInTheMonthAfter(entry.Time, entry);
        }

        return new BookingResult(IsBooked: true, entry.Value);
    }

    protected override void HandleReminder(Entry<int> entry)
    {
        var accounts = entry.Key.Split('>');
        if (base.HandleAppend(entry with { Key = accounts[0], Value = -entry.Value }).IsBooked)
        {
            base.HandleAppend(entry with { Key = accounts[1] });
        }

        // A clock that was set back may have told it just before the first.
        RemindInTheMonthAfter(entry.Time.AddDays(1), entry);
    }

    private void RemindInTheMonthAfter(DateTimeOffset time, Entry<int> order) =>
        Remind(order.Key, new DateTimeOffset(time.Year, time.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1), order.Value);
}
