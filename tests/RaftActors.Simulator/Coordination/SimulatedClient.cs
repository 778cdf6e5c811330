using RaftActors.Coordination.State;
using RaftActors.Coordination.Tests;
using RaftActors.Core;

namespace RaftActors.Simulator.Coordination;

/// <summary>The client of one program. It sends a call again until an answer comes, as the client between real nodes does.</summary>
internal sealed class SimulatedClient(World world, SimulatedGroup group, CommittedLog log, SimulatedProgram program)
    : CallsOnlyClient
{
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(5);

    private int _calls;

    public override async Task<Outcome<Answer>> AppendAsync(
        string key, Command value, TimeSpan? timeout, CancellationToken cancellationToken, RequestKey? requestKey)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return new Outcome<Answer>.NotCommitted(NotCommittedReason.Canceled, "cancelled before it was sent");
        }

        var source = new TaskCompletionSource<Outcome<Answer>>();
        using var timer = program.Clock.CreateTimer(
            _ => source.TrySetResult(new Outcome<Answer>.Unknown(UnknownReason.TimedOut)),
            null,
            timeout ?? QueryTimeout,
            Timeout.InfiniteTimeSpan);
        using var registration = cancellationToken.Register(
            () => source.TrySetResult(new Outcome<Answer>.Unknown(UnknownReason.Canceled)));

        // The session of a client does what a request key with a serial does: an attempt is known again, or said to be forgotten.
        var call = new RequestKey($"{program.Client}/{++_calls}", new Serial(log.Pairs.Count));
        SendAgain(source.Task, () => group.Append(key, value, call, program.Client, outcome => program.SendBack(() =>
        {
            // An earlier attempt may still be on its way to a leader.
            if (outcome is not Outcome<Answer>.NotCommitted { Reason: NotCommittedReason.NoLeader })
            {
                source.TrySetResult(outcome);
            }
        })));
        return await source.Task;
    }

    public override async Task<(TAnswer Value, Serial Serial)> QueryWithSerialAsync<TAnswer>(
        object question, TimeSpan? timeout, ReadConsistency? consistency, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var source = new TaskCompletionSource<(byte[] Value, long Serial)>();
        using var timer = program.Clock.CreateTimer(
            _ => source.TrySetException(new RaftUnavailableException("no answer came in time")),
            null,
            timeout ?? QueryTimeout,
            Timeout.InfiniteTimeSpan);
        using var registration = cancellationToken.Register(() => source.TrySetCanceled(cancellationToken));

        // A linearizable answer is no older than the call: the state may be exactly that old.
        var notBelow = consistency?.NotBelow?.Value ?? log.Pairs.Count;
        SendAgain(source.Task, () => world.Random.Any(group.Processes).Ask(
            (byte[])question, notBelow, (bytes, serial) => program.SendBack(() => source.TrySetResult((bytes, serial)))));
        var (answer, at) = await source.Task;
        return ((TAnswer)(object)answer, new Serial(at));
    }

    private void SendAgain(Task answered, Action arrive)
    {
        if (answered.IsCompleted || program.IsDead)
        {
            return;
        }

        program.Send(arrive);
        if (world.HasFaults && world.Random.Chance(20))
        {
            // Some calls are sent once, so that a lost message costs the whole time of the call.
            return;
        }

        world.After(world.Between(300, 2000), () => SendAgain(answered, arrive));
    }
}
