namespace RaftActors.Examples;

/// <summary>Code of an application that calls the group of <see cref="Counter"/> by a client.</summary>
public sealed class ClickPage(RaftClient<int, int> counter)
{
    public async Task<string> ClickAsync() => (await counter.AppendAsync("clicks", 1)).Match(
        done => done.TryGetResult(out var total) ? $"the total is {total}" : "counted",
        notCommitted => $"try again: {notCommitted.Detail}",
        unknown => $"counted already, later or never: {unknown.Reason}");

    public async Task<string> ShowAsync() => $"the total is {await counter.QueryAsync<int>("total")}";

    /// <summary>The clicks after a serial, until there are so many.</summary>
    public async Task<int> SumAsync(Serial after, int count)
    {
        var sum = 0;
        await foreach (var entry in counter.SubscribeAsync(after))
        {
            sum += entry.Value;
            if (--count == 0)
            {
                break;
            }
        }

        return sum;
    }
}
