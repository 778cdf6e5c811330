using Akka.Event;

using RaftActors.Coordination;
using RaftActors.Coordination.Group;
using RaftActors.Coordination.Sessions;
using RaftActors.Core;

namespace RaftActors.Simulator.Coordination;

/// <summary>One program with its session. It locks, writes, watches and observes until the faults end.</summary>
internal sealed class ClientProgram
{
    private static readonly string[] Prefixes = ["", "i/"];

    private readonly World _world;
    private readonly Setup _setup;
    private readonly SimulatedGroup _group;
    private readonly CommittedLog _log;
    private readonly HolderChecker _holders;
    private readonly ReadChecker _reads;
    private readonly SessionKeeper _keeper;
    private readonly Claims _claims;
    private readonly RaftItems _items;
    private readonly List<Action> _inbox = [];
    private readonly List<Func<bool>> _isCurrent = [];
    private int _busy;
    private int _writes;
    private bool _isCutOff;

    public ClientProgram(
        string name, World world, Setup setup, SimulatedGroup group, CommittedLog log, HolderChecker holders, ReadChecker reads)
    {
        (Name, _world, _setup, _group, _log, _holders, _reads) = (name, world, setup, group, log, holders, reads);
        Client = world.NewClient();
        Clock = new VirtualClock(world, setup.AnyRate(world.Random), Receive);
        var calls = new GroupCalls(new SimulatedClient(world, group, log, this), new TaskCompletionSource().Task);
        var settings = new CoordinationSettings("coordination", [], name, setup.SessionTimeout, setup.RenewInterval, setup.ClockDrift);
        _keeper = new SessionKeeper(calls, settings, name, Clock, NoLogger.Instance);
        _claims = new Claims(calls, _keeper, Clock);
        _items = new RaftItems(calls, _keeper, Clock);
        Begin(LockAsync);
        Begin(LockAsync);
        Begin(WriteAsync);
        Watch();
        Observe();
    }

    public string Name { get; }

    /// <summary>The origin of what it appends.</summary>
    public Guid Client { get; }

    public VirtualClock Clock { get; }

    /// <summary>It stands still: no timer fires, and no message is read.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>It has crashed or closed.</summary>
    public bool IsDead { get; private set; }

    /// <summary>All calls have ended, and all streams have told everything.</summary>
    public bool IsSettled => IsDead || (_busy == 0 && _isCurrent.TrueForAll(each => each()));

    public override string ToString() =>
        $"{Name}: {_busy} activities, {_isCurrent.Count(each => !each())} streams behind{(IsPaused ? ", paused" : "")}";

    /// <summary>Runs something as soon as the program runs.</summary>
    public void Receive(Action action)
    {
        if (IsPaused)
        {
            _inbox.Add(action);
        }
        else if (!IsDead)
        {
            action();
        }
    }

    /// <summary>Sends a message to the group, whose answer comes by <see cref="Receive"/>.</summary>
    public void Send(Action arrive)
    {
        if (!_isCutOff)
        {
            _group.Travel(arrive);
        }
    }

    /// <summary>A message of the group travels back.</summary>
    public void SendBack(Action action) => Send(() => Receive(action));

    public void Pause(TimeSpan time)
    {
        if (IsPaused || IsDead)
        {
            return;
        }

        _world.Trace($"{Name} stands still for {time}");
        IsPaused = true;
        _world.After(time, () =>
        {
            // The first thing that a program does after a pause may be to ask whether it holds a lock.
            IsPaused = false;
            _holders.Check();
            var inbox = _inbox.ToList();
            _inbox.Clear();
            while (inbox.Count > 0)
            {
                var place = _world.Random.Between(0, inbox.Count - 1);
                Receive(inbox[place]);
                inbox.RemoveAt(place);
            }
        });
    }

    public void CutOff(TimeSpan time)
    {
        _isCutOff = true;
        _world.After(time, () => _isCutOff = false);
    }

    public void Crash()
    {
        IsDead = true;
        _holders.OnDead(this);
    }

    public void Close()
    {
        if (IsPaused)
        {
            Crash();
            return;
        }

        Begin(async () =>
        {
            await _keeper.DisposeAsync();
            Crash();
        });
    }

    private async void Begin(Func<Task> activity)
    {
        _busy++;
        try
        {
            await activity();
        }
        catch (ObjectDisposedException)
        {
            // It closes.
        }
        catch (Exception e)
        {
            _world.Fail(e);
        }

        _busy--;
    }

    private Task WaitAsync(int most, CancellationToken cancellation = default) =>
        Task.Delay(_world.Between(1, most), Clock, cancellation);

    private async Task LockAsync()
    {
        while (_world.HasFaults)
        {
            await WaitAsync(1000);
            var name = _world.Random.Any(Setup.Locks);
            var (waits, isPatient) = (_world.Random.Chance(70), _world.Random.Chance(60));
            using var patience = isPatient ? new CancellationTokenSource() : new CancellationTokenSource(_world.Between(1, 4000), Clock);
            RaftLock? held;
            try
            {
                held = await _claims.AcquireAsync(name, name[^1] - '0', waits, Name, patience.Token);
            }
            catch (OperationCanceledException)
            {
                continue;
            }

            _world.Require(held is not null || !waits, "claim", $"a claim of {Name} for {name} that waits was refused");
            if (held is not null)
            {
                _holders.OnAcquired(this, held);

                // Some holders ask only whether they hold it.
                var lost = _world.Random.Chance(70) ? held.Lost : CancellationToken.None;
                await WaitAsync(_world.HasFaults ? 2000 : 10, lost).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                var releasing = held.DisposeAsync();
                _holders.OnReleased(held);
                await releasing;
            }
        }
    }

    private async Task WriteAsync()
    {
        while (_world.HasFaults)
        {
            await WaitAsync(500);
            var (name, since) = ($"i/{_world.Random.Between(0, 4)}", _log.Pairs.Count);
            try
            {
                switch (_world.Random.Between(0, 5))
                {
                    case 0:
                        _reads.OnRead(name, await _items.GetAsync(name), since);
                        break;
                    case 1:
                        _reads.OnAdded("counter", await _items.AddAsync("counter"));
                        break;
                    case 2:
                        await _items.DeleteAsync(name);
                        break;
                    default:
                        var known = _world.Random.Chance(30) ? (await _items.GetAsync(name))?.Version ?? 0 : (long?)null;
                        var lifetime = _world.Random.Chance(30) ? _world.Between(100, 3000) : (TimeSpan?)null;
                        if (await _items.PutAsync(name, $"{Name} {++_writes}", known, _world.Random.Chance(50), lifetime) is { } version)
                        {
                            _reads.OnWritten(name, version);
                        }
                        else
                        {
                            _world.Require(known is not null, "write", $"{name} was not written, although any version was expected");
                        }

                        break;
                }
            }
            catch (RaftUnavailableException)
            {
                // It is unknown whether the item has changed.
            }
        }
    }

    private async void Watch()
    {
        var prefix = _world.Random.Any(Prefixes);
        var checker = new WatchChecker(_world, _log, prefix);
        _isCurrent.Add(() => checker.IsCurrent);
        try
        {
            await foreach (var change in _items.WatchAsync(prefix))
            {
                checker.OnTold(change);
            }
        }
        catch (Exception e)
        {
            _world.Fail(e);
        }
    }

    private async void Observe()
    {
        var name = _world.Random.Any(Setup.Locks);
        IReadOnlyList<RaftHolder>? latest = null;
        var token = 0L;
        _isCurrent.Add(() => latest is not null && latest.Select(each => each.Token).SequenceEqual(
            _log.Model.Holders(name).Select(each => each.Token)));
        try
        {
            await foreach (var holders in _claims.ObserveAsync(name, CancellationToken.None))
            {
                latest = holders;
                foreach (var holder in holders)
                {
                    _world.Require(
                        _log.WasGranted(name, holder.Token, holder.Owner), "election", $"{Name} observes {holder}, which {name} never had");
                }

                if (name[^1] == '1' && holders.Count > 0)
                {
                    _world.Require(
                        holders[0].Token > token, "election", $"{Name} observes the token {holders[0].Token} of {name} after {token}");
                    token = holders[0].Token;
                }
            }
        }
        catch (Exception e)
        {
            _world.Fail(e);
        }
    }
}
