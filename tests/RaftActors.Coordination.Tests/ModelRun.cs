using RaftActors.Delivery;

namespace RaftActors.Coordination.Tests;

/// <summary>
/// Random commands, expiries and questions of one seed: at a process that goes on, at one that restarts and takes snapshots of the other,
/// and at the <see cref="CoordinationModel"/>.
/// </summary>
internal sealed class ModelRun
{
    private const int ChangesMax = 12;
    private const int ProgramsMax = 5;

    private static readonly string[] Locks = ["a/1", "b/1", "c/2"];
    private static readonly string[] Items = ["i/a", "i/b", "j/a", "n"];
    private static readonly Guid?[] Clients = [null, new(1, 0, 0, new byte[8]), new(2, 0, 0, new byte[8])];

    private readonly int _seed;
    private readonly Random _random;
    private readonly CoordinationModel _model = new();
    private readonly Process[] _processes;
    private readonly List<long> _sessions = [0];
    private long _serial;
    private TimeSpan _now;

    public ModelRun(int seed)
    {
        (_seed, _random) = (seed, new Random(seed));
        _processes = [new Process(this), new Process(this)];
    }

    public void Step()
    {
        _serial++;
        _now += TimeSpan.FromMilliseconds(_random.Next(200));
        if (OneIn(8) && _model.Expiries.ToList() is { Count: > 0 } all)
        {
            var expiry = Any(all);
            var number = expiry.Number - (OneIn(5) ? 1 : 0);
            _model.Expire(expiry.Reminder, number, _serial);
            Array.ForEach(_processes, each => each.Expire(expiry.Reminder, number));
        }
        else
        {
            Apply();
        }

        if (OneIn(30))
        {
            _processes[1].Restart();
        }
        else if (OneIn(30))
        {
            _processes[1].Take(_processes[0]);
        }

        var asked = Any(_processes);
        asked.Ask(NextQuestion());
        asked.Check();
        Demand(_processes[0].Digest == _processes[1].Digest, "the processes have different states");
    }

    private void Apply()
    {
        var (name, command, session) = NextCommand();
        var client = OneIn(7) ? Any(Clients) : _model.ClientOf(session);
        var expected = _model.Apply(name, command, _serial, client);
        foreach (var each in _processes)
        {
            var answer = each.Apply(name, command, client);
            Demand(CoordinationModel.AreEqual(answer, expected), $"{name} {command} was answered with {answer} instead of {expected}");
        }

        if (command is Command.Open)
        {
            _sessions.Add(_serial);
        }
    }

    private (string Name, Command Command, long Session) NextCommand()
    {
        // Sessions that have ended are named, too.
        var session = OneIn(8) ? Any(_sessions) : _model.Sessions is { Count: > 0 } open ? Any(open).Session : 0;
        var (lockName, item) = (Any(Locks), Any(Items));
        var known = _model.Items.GetValueOrDefault(item)?.Version ?? 0;
        long? expected = _random.Next(4) switch { 0 => known, 1 => known - 1, _ => null };
        var permits = lockName[^1] - '0' + (OneIn(20) ? 1 : 0);
        var claim = _model.LastClaim(session)
            + (OneIn(4) ? -_random.Next(3) : OneIn(30) ? CoordinationState.ClaimsMax + _random.Next(2) : 1);
        var holder = _model.Holders(lockName) is { Length: > 0 } holders ? Any(holders) : default(RaftClaim?);
        TimeSpan? lifetime = OneIn(3) ? TimeSpan.FromSeconds(_random.Next(1, 4)) : null;
        Command command = _random.Next(22) switch
        {
            _ when _model.Sessions.Count == 0 => new Command.Open(TimeSpan.FromSeconds(1)),
            0 or 1 when _model.Sessions.Count < ProgramsMax => new Command.Open(TimeSpan.FromSeconds(_random.Next(1, 4))),
            0 or 1 or 2 => new Command.Renew(session),
            3 => new Command.Close(session),
            4 => new Command.End(session),
            5 => new Command.Break((holder?.Token ?? 7) + (OneIn(5) ? 1 : 0), OneIn(5) ? session : holder?.Session ?? session),
            6 or 7 or 8 or 9 or 10 => new Command.Acquire(session, claim, permits, Waits: !OneIn(3), OneIn(2) ? $"t{_serial}" : null),
            11 or 12 or 13 => new Command.Release(holder?.Session ?? session, OneIn(3) ? claim : holder?.Claim ?? claim),
            14 or 15 or 16 => new Command.Put(item == "n" ? "5" : $"v{_serial}", expected, OneIn(2) ? session : 0, lifetime),
            17 => new Command.Add(_random.Next(-3, 4)),
            18 or 19 => NextCommit(OneIn(2) ? session : 0),
            _ => new Command.Delete(expected),
        };
        return command switch
        {
            Command.Open => ($"p{_random.Next(3)}", command, session),
            Command.Release release => (lockName, command, release.Session),
            Command.Acquire or Command.Break => (lockName, command, session),
            Command.Put or Command.Add or Command.Delete => (item, command, session),
            _ => ("", command, session),
        };
    }

    private Command.Commit NextCommit(long session)
    {
        var names = Items.OrderBy(_ => _random.Next()).Take(_random.Next(1, Items.Length + 1));
        return new([.. names.Select(NextPart)], session);

        ItemPart NextPart(string name)
        {
            var known = _model.Items.GetValueOrDefault(name)?.Version ?? 0;
            var part = new ItemPart(name, OneIn(3) ? known - (OneIn(6) ? 1 : 0) : null);
            return _random.Next(5) switch
            {
                0 => part,
                1 => part with { Deletes = true },
                _ => part with
                {
                    Value = name == "n" ? "5" : $"v{_serial}",
                    OfSession = session != 0 && OneIn(2),
                    Lifetime = OneIn(3) ? TimeSpan.FromSeconds(_random.Next(1, 4)) : null,
                },
            };
        }
    }

    private Question NextQuestion()
    {
        var name = Any(Locks);
        var claims = _model.Locks.TryGetValue(name, out var known) ? known.Claims : [];
        return _random.Next(3) switch
        {
            0 => new Question.OfLock(name, OneIn(4) ? null : [.. _model.Holders(name).Select(each => each.Token).Skip(OneIn(4) ? 1 : 0)]),
            1 when claims.Count > 0 && Any(claims) is var claim => new Question.OfClaim(name, claim.Session, claim.Name),
            1 => new Question.OfClaim(name, Any(_sessions), 0),
            _ => new Question.OfChanges(Any(["i/", "j/", ""]), _serial - _random.Next(40)),
        };
    }

    /// <summary>The model gives this answer.</summary>
    /// <param name="isLate">
    /// The question has waited. Then it has missed no change, and needs not all items however many changes are forgotten.
    /// </param>
    private void Verify(Question question, object answer, bool isLate = false)
    {
        switch (question)
        {
            case Question.OfClaim asked:
                Demand(answer.Equals(_model.FindClaim(asked.Name, asked.Session, asked.Claim)), $"{question} was answered with {answer}");
                break;
            case Question.OfLock asked:
                var view = (LockView)answer;
                var waiting = _model.Locks.GetValueOrDefault(asked.Name).Claims?.Count(each => each.Token == 0) ?? 0;
                Demand(view.Waiting == waiting && view.Holders.SequenceEqual(_model.Holders(asked.Name)), $"{question}: {answer}");
                break;
            case Question.OfChanges asked:
                var items = (ItemsView)answer;
                var changes = _model.Changes.Where(each => each.Version > asked.After).ToList();
                Demand(
                    (isLate && !items.IsWhole || items.IsWhole == (asked.After < 0 || changes.Count > ChangesMax))
                        && items.Items.SequenceEqual((items.IsWhole ? _model.Items.Values : changes.AsEnumerable())
                            .Where(each => each.Name.StartsWith(asked.Prefix, StringComparison.Ordinal))),
                    $"{question}: {(items.IsWhole ? "all" : "changes")} {string.Join(", ", items.Items)}");
                break;
        }
    }

    private bool IsOpen(Question question) => question switch
    {
        Question.OfClaim asked => _model.FindClaim(asked.Name, asked.Session, asked.Claim) is Answer.Waiting,
        Question.OfLock asked => asked.Known?.SequenceEqual(_model.Holders(asked.Name).Select(each => each.Token)) == true,
        Question.OfChanges asked => !_model.Changes.Exists(
            each => each.Version > asked.After && each.Name.StartsWith(asked.Prefix, StringComparison.Ordinal)),
        _ => false,
    };

    private bool OneIn(int number) => _random.Next(number) == 0;

    private T Any<T>(IReadOnlyList<T> all) => all[_random.Next(all.Count)];

    private void Demand(bool holds, string otherwise) => Assert.True(holds, $"seed {_seed}, serial {_serial}: {otherwise}");

    /// <summary>A process of the group.</summary>
    private sealed class Process
    {
        private readonly ModelRun _run;
        private readonly Reminders _reminders = new();
        private readonly List<(Question Question, TimeSpan At)> _open = [];
        private Replica _replica;
        private bool _isRestored;

        public Process(ModelRun run) => (_run, _replica) = (run, new Replica(Set, ChangesMax));

        public ulong Digest => _replica.State.Digest();

        public Answer Apply(string name, Command command, Guid? client) =>
            _replica.Apply(name, Copy(command, CoordinationJson.Default.Command), _run._serial, client);

        public void Expire(string reminder, long number)
        {
            if (_reminders.TryTake(reminder, number))
            {
                _replica.Expire(reminder, _run._serial);
            }
        }

        /// <summary>Starts again with its own snapshot. Questions are lost with the former life.</summary>
        public void Restart()
        {
            var image = _replica.State.ToImage();
            _replica = new Replica(Set, ChangesMax);
            _open.Clear();
            Restore(image);
        }

        /// <summary>Goes on with the snapshot of another process.</summary>
        public void Take(Process other) => Restore(other._replica.State.ToImage());

        public void Ask(Question question)
        {
            (Question, TimeSpan) open = (question, _run._now);
            if (_replica.Ask(question, _run._now, Answer) is { } answer)
            {
                _run.Verify(question, answer);
            }
            else
            {
                _open.Add(open);
            }

            void Answer(object later)
            {
                // A question is left once, and without news only after a wait or a snapshot.
                if (_open.Remove(open))
                {
                    var (_, at) = open;
                    _run.Demand(
                        !_run.IsOpen(question) || _isRestored || _run._now - at >= Replica.WaitMax, $"{question} has no news: {later}");
                    _run.Verify(question, later, isLate: true);
                }
            }
        }

        public void Check()
        {
            _replica.Check(_run._now);
            _isRestored = false;
            var (state, model) = (_replica.State, _run._model);
            state.Check();
            var image = state.ToImage();
            _run.Demand(image.Items.Items.SequenceEqual(model.Items.Values), "the items are not those of the model");
            _run.Demand(image.Sessions.Select(each => each.Id).SequenceEqual(model.Sessions.Select(each => each.Session)), "sessions");
            _run.Demand(
                _reminders.All.Select(each => (each.Number, each.Name, each.After)).Order().SequenceEqual(
                    model.Expiries.Select(each => (each.Number, each.Reminder, (TimeSpan?)each.Timeout)).Order()),
                "the reminders are not those of the model");
            foreach (var each in image.Locks)
            {
                _run.Demand(
                    each.Waiting.Select(claim => (claim.Session, claim.Claim)).SequenceEqual(
                        model.Locks[each.Name].Claims.Where(claim => claim.Token == 0).Select(claim => (claim.Session, claim.Name))),
                    $"other claims wait for {each.Name} than in the model, or in another order");
            }

            foreach (var name in Locks)
            {
                _run.Verify(new Question.OfLock(name, null), state.Answer(new Question.OfLock(name, null)));
            }

            Assert.All(_open, each => _run.Demand(_run.IsOpen(each.Question), $"{each.Question} was not answered"));
        }

        private void Restore(CoordinationImage image)
        {
            _replica.Restore(Copy(image, CoordinationJson.Default.CoordinationImage), _run._serial);
            _isRestored = true;
            Check();
        }

        private void Set(string name, TimeSpan? after)
        {
            if (after is { } time)
            {
                _reminders.Set(name, time, default, default);
            }
            else
            {
                _reminders.Forget(name);
            }
        }

        // As the log and the snapshots keep it.
        private static T Copy<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
            JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(value, type), type)!;
    }
}
