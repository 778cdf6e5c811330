using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>A program that adds to sums and reads them, with and without request keys. At times it is silent, as all others are.</summary>
/// <param name="pendingMax">The most open Appends of its client.</param>
internal sealed class SumsCaller(
    SimulatedClient client,
    SumsCalls calls,
    Func<string, int, TimeSpan, RequestKey?, Task<Outcome<int>>> add,
    Func<string, Task<int>> read,
    int pendingMax = int.MaxValue)
{
    private const int Calls = 80;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    private readonly List<Task<Outcome<int>>> _adding = [];

    private string AnyName => SumsCalls.NameOf(client.Next(3));

    /// <summary>All callers are silent at this time.</summary>
    public static bool IsSilent(TimeSpan now) => now.Ticks % Period.Ticks < Silence.Ticks && now > Period;

    public async Task RunAsync()
    {
        List<Task> open = [];
        for (var count = 0; count < Calls; count++)
        {
            open.Add(client.Next(4) == 0
                ? ReadAsync()
                : AddAsync(AnyName, client.Next(2) == 0 ? 1 : 6, TimeSpan.FromMilliseconds(50 + client.Next(1500))));
            if (client.Next(4) == 0)
            {
                await Task.WhenAll(open);
                open.Clear();
            }

            do
            {
                await client.Delay(TimeSpan.FromMilliseconds(client.Next(100)));
            }
            while (IsSilent(client.Now));
        }

        await Task.WhenAll(open);

        // Ends only if the group still works.
        await AddAsync(SumsCalls.NeverDiscarded, int.MaxValue, TimeSpan.FromSeconds(1));
    }

    private async Task ReadAsync()
    {
        var name = AnyName;
        var begun = calls.BeginRead(client.Number, name);
        try
        {
            calls.EndRead(begun, await read(name));
        }
        catch (RaftException)
        {
            calls.EndRead(begun, null);
        }
    }

    /// <param name="tries">More than one: with a request key, so that the call may be repeated.</param>
    private async Task AddAsync(string name, int tries, TimeSpan timeout)
    {
        var amount = calls.NextAmount();
        var key = tries > 1 ? (RequestKey?)$"{amount}" : null;
        calls.BeginAdd(client.Number, name, amount);
        var mayBeAdded = false;
        for (var tried = 0; tried < tries; tried++)
        {
            var outcome = await NextAsync(add(name, amount, timeout, key));
            if (outcome is { Failure: null } done)
            {
                calls.End(amount, calls.ResultOf(done));
                return;
            }

            mayBeAdded |= outcome is { Failure.Kind: FailureKind.Unknown };
            await client.Delay(TimeSpan.FromMilliseconds(client.Next(50)));
        }

        if (!mayBeAdded)
        {
            calls.End(amount, null);
        }
    }

    // A client refuses an Append above its bound at once, and no other one.
    private Task<Outcome<int>> NextAsync(Task<Outcome<int>> adding)
    {
        _adding.RemoveAll(each => each.IsCompleted);
        var isRefused = adding.IsCompletedSuccessfully && adding.Result is { Failure.Reason: FailureReason.Busy };
        calls.Demand(!isRefused || _adding.Count >= pendingMax, $"a client with {_adding.Count} open Appends is busy");
        calls.Demand(adding.IsCompleted || _adding.Count < pendingMax, $"a client has more than {pendingMax} open Appends");
        _adding.Add(adding);
        return adding;
    }
}
