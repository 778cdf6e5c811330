namespace RaftActors.Examples;

/// <summary>Code of an application that calls the group of <see cref="Counter"/> by a client.</summary>
public sealed class ClickPage(RaftClient<int, int> counter)
{
    public async Task<string> ClickAsync() => await counter.AppendAsync("clicks", 1) switch
    {
        { HasResult: true, Result: var total } => $"the total is {total}",
        { Failure: null } => "counted",
        { Failure: { Kind: FailureKind.NotDone } failure } => $"try again: {failure.Detail}",
        { Failure.Reason: var reason } => $"counted already, later or never: {reason}",
    };

    public async Task<string> ShowAsync() => $"the total is {(await counter.QueryAsync<int>("total")).Result}";

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
