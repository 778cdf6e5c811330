using System.Text.Json;

using RaftActors.Coordination.Group;
using RaftActors.Coordination.State;
using RaftActors.Core;

namespace RaftActors.Simulator.Coordination;

/// <summary>One process of the group: applies the committed pairs, answers questions, and finds what has expired.</summary>
internal sealed class GroupProcess(World world, SimulatedGroup group, CommittedLog log, int clockPerMille)
{
    private const int CompareEvery = 16;

    private readonly List<(long NotBelow, Action Answer)> _questions = [];
    private CoordinationState _state = new();
    private Expiries _expiries = new();
    private (long Serial, byte[]? Image) _snapshot;
    private TimeSpan _deposedUntil;

    /// <summary>The serial of the latest pair that it has applied.</summary>
    public long Applied { get; private set; }

    /// <summary>It stands still, or has crashed.</summary>
    public bool IsStopped { get; private set; }

    public void Begin() => world.After(world.Between(1, 60), Tick);

    /// <summary>Another process leads, and this one learns of it at a later time.</summary>
    public void Depose() => _deposedUntil = world.Now + world.Between(0, world.Random.Any([1, 5000]));

    public void Stop(TimeSpan time, bool loses)
    {
        IsStopped = true;
        world.After(time, () =>
        {
            IsStopped = false;
            if (loses)
            {
                Restart();
            }

            world.After(world.Between(0, 100), () => ApplyTo(log.Pairs.Count));
        });
    }

    public void ApplyTo(long serial)
    {
        while (!IsStopped && Applied < serial)
        {
            Apply();
        }

        foreach (var (_, answer) in _questions.FindAll(each => each.NotBelow <= Applied && !IsStopped))
        {
            answer();
        }

        _questions.RemoveAll(each => each.NotBelow <= Applied && !IsStopped);
    }

    /// <summary>Answers when it has applied a serial.</summary>
    public void Ask(byte[] question, long notBelow, Action<byte[], long> reply)
    {
        _questions.Add((notBelow, () => reply(CoordinationJson.ToBytes(_state.Answer(CoordinationJson.ToQuestion(question))), Applied)));
        ApplyTo(Applied);
    }

    private void Apply()
    {
        var pair = log.Pairs[(int)Applied++];
        var command = JsonSerializer.Deserialize(
            JsonSerializer.SerializeToUtf8Bytes(pair.Command, CoordinationJson.Default.Command), CoordinationJson.Default.Command)!;
        var answer = _state.Apply(pair.Name, command, Applied);
        world.Require(
            pair.Expected is Answer.Refused ? answer is Answer.Refused : answer == pair.Expected,
            "model",
            $"{Applied}: {pair.Name} {pair.Command} was answered with {answer} instead of {pair.Expected}");
        pair.Answer ??= answer;
        if (Applied % CompareEvery == 0)
        {
            log.Compare(Applied, _state);
        }

        if (world.Random.Chance(2))
        {
            _snapshot = (Applied, JsonSerializer.SerializeToUtf8Bytes(_state.ToImage(), CoordinationJson.Default.CoordinationImage));
        }
    }

    private void Restart()
    {
        _questions.Clear();
        _expiries = new();
        _deposedUntil = world.Now;
        Applied = _snapshot.Serial;
        _state = _snapshot.Image is { } image
            ? CoordinationState.Of(JsonSerializer.Deserialize(image, CoordinationJson.Default.CoordinationImage)!)
            : new CoordinationState();
    }

    private void Tick()
    {
        if (!IsStopped)
        {
            var now = TimeSpan.FromTicks(world.Now.Ticks * clockPerMille / 1000);
            var isLeader = group.Leader == this || world.Now < _deposedUntil;
            foreach (var (name, expire) in _expiries.Find(_state, now, isLeader))
            {
                group.Travel(() => group.Append(name, expire, null, _ => { }));
            }
        }

        world.After(world.Between(50, world.Random.Chance(5) && world.HasFaults ? 1000 : 60), Tick);
    }
}
