using RaftActors.Engine;

namespace RaftActors.Testing.Simulation;

/// <summary>
/// Demands that TakeSnapshot gives one state at a serial, on all nodes that have the same program: also where an actor has restored a
/// snapshot and applied the later pairs. TakeSnapshot is code of the user, so it is called seldom: when a new life of an actor has caught
/// up, and each <see cref="Every"/> pairs.
/// </summary>
/// <param name="actors">Those of one group.</param>
internal sealed class StateChecker(IReadOnlyList<HostedActor> actors)
{
    private const int Every = 8;

    // The latest life of each actor that was compared.
    private readonly LatestActor?[] _lives = new LatestActor?[actors.Count];
    private Serial _next = new(1);
    private Serial _equal;

    /// <exception cref="SimulationException">Two states differ.</exception>
    public void Check()
    {
        for (var number = 0; number < actors.Count; number++)
        {
            if (IsDue(number) && Others(number) is [_, ..] others)
            {
                Check(number, others);
                return;
            }
        }
    }

    private static LatestActor? LifeOf(HostedActor actor) => actor.Process?.Actor is { ShowState: not null } life ? life : null;

    private bool IsDue(int number) =>
        LifeOf(actors[number]) is { } life
        && actors[number].Process is { } process
        && process.Delivered > Serial.Zero
        && (process.Delivered >= _next || (life != _lives[number] && process.Delivered == process.Pairs.CommittedSerial));

    private List<int> Others(int number) =>
    [
        .. Enumerable.Range(0, actors.Count).Where(other => other != number
            && LifeOf(actors[other]) is not null
            && actors[other].Process!.Delivered == actors[number].Process!.Delivered // Justification: of actors that live.
            && actors[other].Process!.Settings.Program == actors[number].Process!.Settings.Program
            && actors[other].Latest!.GetType() == actors[number].Latest!.GetType()),
    ];

    private void Check(int number, List<int> others)
    {
        var serial = actors[number].Process!.Delivered; // Justification: of an actor that lives.
        var first = Show(number);
        foreach (var other in others)
        {
            if (Show(other) is { } state && first is not null && (state.Serial, state.Version) == (first.Serial, first.Version))
            {
                Compare((actors[number], first.Bytes), (actors[other], state.Bytes), serial);
            }
        }

        _equal = serial > _equal ? serial : _equal;
        _next = serial >= _next ? new Serial(serial.Value + Every) : _next;
    }

    private ShownState? Show(int number)
    {
        _lives[number] = LifeOf(actors[number]);
        return _lives[number]?.ShowState?.Invoke();
    }

    private void Compare((HostedActor Actor, byte[] State) one, (HostedActor Actor, byte[] State) other, Serial serial)
    {
        if (StateText.AreEqual(one.State, other.State))
        {
            return;
        }

        var (text, otherText) = StateText.Difference(one.State, other.State);
        throw new SimulationException(
            "snapshots",
            $"TakeSnapshot returned '{text}' on {one.Actor.Node.Name} and '{otherText}' on {other.Actor.Node.Name} at serial {serial}, so "
                + $"their states differ{(_equal > Serial.Zero ? $"; they were equal at serial {_equal}" : "")}"
                + $"{Restored(one.Actor)}{Restored(other.Actor)}")
        {
            Actor = one.Actor.Latest?.GetType(),
        };
    }

    /// <summary>Tells people where the life of an actor began, because a snapshot that lacks something is a frequent cause.</summary>
    public static string Restored(HostedActor actor) =>
        LifeOf(actor) is { Restored: { } serial } ? $"; {actor.Node.Name} has restored the snapshot of serial {serial}" : "";
}
