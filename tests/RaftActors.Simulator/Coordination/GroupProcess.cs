using System.Text.Json;

using RaftActors.Coordination.Group;
using RaftActors.Coordination.State;
using RaftActors.Core;

namespace RaftActors.Simulator.Coordination;

/// <summary>One process of the group: applies the committed pairs, answers questions, and finds what has expired.</summary>
internal sealed class GroupProcess(World world, Setup setup, SimulatedGroup group, CommittedLog log)
{
    private const int CompareEvery = 16;

    private readonly List<(long NotBelow, Action Answer)> _questions = [];
    private readonly int _clockPerMille = setup.AnyRate(world.Random);
    private Replica _replica = new(setup.ChangesMax);
    private (long Serial, CoordinationImage? Image) _snapshot;
    private TimeSpan _deposedUntil;

    /// <summary>The serial of the latest pair that it has applied.</summary>
    public long Applied => _replica.Serial;

    private TimeSpan Now => TimeSpan.FromTicks(world.Now.Ticks * _clockPerMille / 1000);

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

            world.After(world.Between(0, 100), CatchUp);
        });
    }

    public void ApplyTo(long serial)
    {
        while (!IsStopped && Applied < serial)
        {
            Apply();
        }

        if (!IsStopped)
        {
            AnswerReached();
        }
    }

    /// <summary>Answers when it has applied a serial.</summary>
    public void Ask(byte[] question, long notBelow, Action<byte[], long> reply)
    {
        _questions.Add((notBelow, () => AskReplica(question, reply)));
        ApplyTo(Applied);
    }

    private void AskReplica(byte[] question, Action<byte[], long> reply)
    {
        var replica = _replica;
        if (replica.Ask(CoordinationJson.ToQuestion(question), Now, Reply) is { } answer)
        {
            Reply(answer);
        }

        // An answer of a former life is lost with it.
        void Reply(object answer)
        {
            if (replica == _replica)
            {
                reply(CoordinationJson.ToBytes(answer), Applied);
            }
        }
    }

    private void AnswerReached()
    {
        for (var place = 0; place < _questions.Count;)
        {
            if (_questions[place] is (var notBelow, var answer) && notBelow <= Applied)
            {
                _questions.RemoveAt(place);
                answer();
            }
            else
            {
                place++;
            }
        }
    }

    private void Apply()
    {
        var pair = log.Pairs[(int)Applied];
        var answer = _replica.Apply(pair.Name, pair.Written, Applied + 1, Now, pair.Client);
        world.Require(
            pair.Expected is Answer.Refused ? answer is Answer.Refused : answer == pair.Expected,
            "model",
            $"{Applied}: {pair.Name} {pair.Command} was answered with {answer} instead of {pair.Expected}");
        pair.Answer ??= answer;
        if (Applied % CompareEvery == 0)
        {
            log.Compare(Applied, _replica.State);
        }

        if (world.Random.Chance(1))
        {
            TakeSnapshot();
        }
    }

    private void TakeSnapshot() => _snapshot = (Applied, _replica.State.ToImage());

    // The leader may have discarded the pairs that this process lacks.
    private void CatchUp()
    {
        if (group.Leader is { } leader && leader.Applied > Applied && world.Random.Chance(30))
        {
            leader.TakeSnapshot();
            _snapshot = leader._snapshot;
            Restore();
        }

        ApplyTo(log.Pairs.Count);
    }

    private void Restart()
    {
        _questions.Clear();
        _replica = new(setup.ChangesMax);
        _deposedUntil = world.Now;
        Restore();
    }

    private void Restore()
    {
        if (_snapshot is (var serial, { } image))
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(image, CoordinationJson.Default.CoordinationImage);
            _replica.Restore(JsonSerializer.Deserialize(bytes, CoordinationJson.Default.CoordinationImage)!, serial, Now);
        }
    }

    private void Tick()
    {
        if (!IsStopped)
        {
            var isLeader = group.Leader == this || world.Now < _deposedUntil;
            foreach (var (name, expire) in _replica.Check(Now, isLeader))
            {
                group.Travel(() => group.Append(name, expire, null, null, _ => { }));
            }
        }

        world.After(world.Between(50, world.Random.Chance(5) && world.HasFaults ? 1000 : 60), Tick);
    }
}
