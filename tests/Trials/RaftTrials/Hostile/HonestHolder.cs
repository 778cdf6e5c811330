using Akka.Actor;

namespace RaftTrials.Hostile;

/// <summary>A program that holds one lock all the time, and acquires and releases another one again and again.</summary>
internal sealed class HonestHolder : IAsyncDisposable
{
    /// <summary>The lock that it holds.</summary>
    public const string Lock = "honest";

    private const string Turn = "turn";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stop = new();
    private readonly ActorSystem _system;
    private readonly RaftCoordination _coordination;
    private readonly RaftLock _held;
    private readonly Task _run;
    private TimeSpan _longest;
    private int _turns;

    private HonestHolder(ActorSystem system, RaftLock held)
    {
        (_system, _coordination, _held) = (system, RaftCoordination.Get(system), held);
        _run = Run();
    }

    /// <summary>Acquires the lock.</summary>
    public static async Task<HonestHolder> Start(IEnumerable<int> ports, ConnectionSecurity security)
    {
        var contacts = string.Join(", ", HonestClient.ContactsOf(ports).Select(contact => $"\"{contact}\""));

        // A busy machine must not cost it the session. The command of another program would at the next renewal, whatever the timeout is.
        var system = ActorSystem.Create("holder", ConfigurationFactory.ParseString(
            $"raft.client.contacts = [{contacts}]\nraft-coordination.session-timeout = 60s")
            .WithFallback(HonestClient.ConfigOf(security, "127.0.0.1")));
        return new HonestHolder(system, await RaftCoordination.Get(system).LockAsync(Lock).WaitAsync(Guards.Wait));
    }

    /// <summary>Returns when its last claim has ended.</summary>
    /// <exception cref="TrialFailure">It has lost its lock, or another program got it too.</exception>
    public async Task<string> Stop()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(Guards.Wait);
        TrialFailure.Unless(_turns > 0, "no lock was acquired beside the attacks");
        return $"{_turns} locks acquired beside them, each within {Gaps.Text(_longest)}";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClrExitReason.Instance);
        _stop.Dispose();
    }

    private async Task Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            var begin = Stopwatch.GetTimestamp();
            await (await _coordination.LockAsync(Turn)).DisposeAsync();
            var time = Stopwatch.GetElapsedTime(begin);
            (_turns, _longest) = (_turns + 1, time > _longest ? time : _longest);
            if (await _coordination.TryLockAsync(Lock) is not null || !_held.IsHeld)
            {
                throw new TrialFailure($"the honest program {(_held.IsHeld ? "holds a lock that another one got" : "has lost its lock")}");
            }

            await Poll.Wait(Pause, _stop.Token);
        }
    }
}
