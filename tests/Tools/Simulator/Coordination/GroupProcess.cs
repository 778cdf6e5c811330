using System.Text.Json;

using Akka.Actor;

using RaftActors.Coordination.Group;
using RaftActors.Coordination.State;
using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Delivery;

namespace RaftActors.Simulator.Coordination;

/// <summary>One process of the group: applies the committed pairs, answers questions, and appends the reminders that are due.</summary>
internal sealed class GroupProcess(World world, Setup setup, SimulatedGroup group, CommittedLog log)
{
    private const int CompareEvery = 16;

    private static readonly ProcessName Self = new("coordination@a");

    private readonly List<(long NotBelow, Action Answer)> _questions = [];
    private readonly int _clockPerMille = setup.AnyRate(world.Random);
    private (long Serial, CoordinationImage? Image, byte[] Reminders) _snapshot;
    private TimeSpan _deposedUntil;
    private long _appends;

    private Replica _replica = null!; // Justification: Begin makes it, and the next two.
    private Reminders _reminders = null!;
    private ReminderClock _clock = null!;

    /// <summary>The serial of the latest pair that it has applied.</summary>
    public long Applied { get; private set; }

    private TimeSpan Now => TimeSpan.FromTicks(world.Now.Ticks * _clockPerMille / 1000);

    /// <summary>It stands still, or has crashed.</summary>
    public bool IsStopped { get; private set; }

    public void Begin()
    {
        Restart();
        world.After(world.Between(1, 60), Tick);
    }

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
        Applied++;
        var answer = pair.Command is null ? Expire(pair) : _replica.Apply(pair.Name, pair.Written, Applied, pair.Client);
        world.Require(
            Model.AreEqual(answer, pair.Expected),
            "model",
            $"{Applied}: {pair.Name} {pair.Command} was answered with {answer} instead of {pair.Expected}");
        pair.Answer ??= answer;
        if (Applied % CompareEvery == 0)
        {
            log.Compare(Applied, _replica.State, _reminders);
        }

        if (world.Random.Chance(1))
        {
            TakeSnapshot();
        }
    }

    // As RaftActor does.
    private Answer Expire(CommittedLog.Pair pair)
    {
        if (_reminders.TryTake(pair.Name, pair.Number))
        {
            _replica.Expire(pair.Name, Applied);
        }

        return new Answer.Done();
    }

    private void Set(string name, TimeSpan? after)
    {
        if (after is { } time)
        {
            _clock.OnSet(_reminders.Set(name, time, default, default), _reminders);
        }
        else
        {
            _reminders.Forget(name);
        }
    }

    private void TakeSnapshot()
    {
        ByteWriter writer = new();
        _reminders.Write(writer);
        _snapshot = (Applied, _replica.State.ToImage(), writer.ToArray());
    }

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
        (_replica, _reminders) = (new Replica(Set, setup.ChangesMax), new Reminders());
        _clock = new ReminderClock(new ProcessScheduler(() => Now), ActorRefs.Nobody, life: 1);
        (Applied, _deposedUntil) = (0, world.Now);
        Restore();
    }

    private void Restore()
    {
        if (_snapshot is (var serial, { } image, var reminders))
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(image, CoordinationJson.Default.CoordinationImage);
            _replica.Restore(JsonSerializer.Deserialize(bytes, CoordinationJson.Default.CoordinationImage)!, serial);
            var reader = new ByteReader(reminders);
            _reminders = Reminders.Read(ref reader);
            _clock.OnRestored(_reminders);
            Applied = serial;
        }
    }

    private void Tick()
    {
        if (!IsStopped)
        {
            _replica.Check(Now);
            Remind();
        }

        world.After(world.Between(50, world.Random.Chance(5) && world.HasFaults ? 1000 : 60), Tick);
    }

    private void Remind()
    {
        if (group.Leader != this && world.Now >= _deposedUntil)
        {
            _clock.Stop();
            return;
        }

        if (!_clock.IsRunning)
        {
            _clock.Start();
        }

        while (_clock.TryTakeDue(_reminders) is { } reminder)
        {
            var (clock, append) = (_clock, new RequestRef(Self, default, ++_appends));
            clock.Sent(append, reminder);
            group.Travel(() => group.AppendReminder(reminder.Name, reminder.Number));

            // The time of the Append is over.
            world.After(world.Between(500, 3000), () => clock.OnCancelled(append));
        }
    }
}
