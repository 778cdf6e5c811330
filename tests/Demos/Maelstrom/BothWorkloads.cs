using MaelstromTrials;
using MaelstromTrials.Lists;
using MaelstromTrials.Registers;

namespace Maelstrom.Tests;

/// <summary>
/// Requests of lin-kv and of txn-list-append in turn, to the same nodes. The keys of lin-kv are texts here, so that no list has one.
/// </summary>
internal sealed class BothWorkloads(int seed) : IWorkload
{
    private readonly RegisterWorkload _registers = new(seed);
    private readonly ListWorkload _lists = new(seed);
    private int _requests;

    public string Name => $"{_registers.Name} and {_lists.Name}";

    public Request Next(int client) =>
        Interlocked.Increment(ref _requests) % 2 == 0 ? _lists.Next(client) : WithTextKey(_registers.Next(client));

    public IReadOnlyList<Func<Request>> FinalReads() =>
        [.. _registers.FinalReads().Select(read => (Func<Request>)(() => WithTextKey(read()))), .. _lists.FinalReads()];

    public IReadOnlyList<string> FindFaults() => [.. _registers.FindFaults(), .. _lists.FindFaults()];

    private static Request WithTextKey(Request request)
    {
        request.Body["key"] = $"{request.Body["key"]}";
        return request;
    }
}
