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
        string key, Command value, TimeSpan? timeout, RequestKey? requestKey, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return RaftFailure.NotDone(FailureReason.Canceled, "cancelled before it was sent").ToOutcome<Answer>();
        }

        var source = new TaskCompletionSource<Outcome<Answer>>();
        using var timer = program.Clock.CreateTimer(
            _ => source.TrySetResult(RaftFailure.Unknown(FailureReason.TimedOut).ToOutcome<Answer>()),
            null,
            timeout ?? QueryTimeout,
            Timeout.InfiniteTimeSpan);
        using var registration = cancellationToken.Register(
            () => source.TrySetResult(RaftFailure.Unknown(FailureReason.Canceled).ToOutcome<Answer>()));

        // The session of a client does what a request key with a serial does: an attempt is known again, or said to be forgotten.
        var call = new RequestKey($"{program.Client}/{++_calls}", new Serial(log.Pairs.Count));
        SendAgain(source.Task, () => group.Append(key, value, call, program.Client, outcome => program.SendBack(() =>
        {
            // An earlier attempt may still be on its way to a leader.
            if (outcome.Failure?.Reason != FailureReason.NoLeader)
            {
                source.TrySetResult(outcome);
            }
        })));
        return await source.Task;
    }

    public override async Task<Outcome<TAnswer>> QueryAsync<TAnswer>(
        object question, TimeSpan? timeout, ReadConsistency? consistency, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var source = new TaskCompletionSource<Outcome<TAnswer>>();
        using var timer = program.Clock.CreateTimer(
            _ => source.TrySetResult(RaftFailure.NotDone(FailureReason.Unavailable, "no answer came in time").ToOutcome<TAnswer>()),
            null,
            timeout ?? QueryTimeout,
            Timeout.InfiniteTimeSpan);
        using var registration = cancellationToken.Register(() => source.TrySetCanceled(cancellationToken));

        // A linearizable answer is no older than the call: the state may be exactly that old.
        var notBelow = consistency?.NotBelow?.Value ?? log.Pairs.Count;
        SendAgain(source.Task, () => world.Random.Any(group.Processes).Ask(
            (byte[])question, notBelow, (bytes, serial) => program.SendBack(() => source.TrySetResult(
                new Outcome<TAnswer> { Serial = new Serial(serial), Result = (TAnswer)(object)bytes }))));
        return await source.Task;
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
