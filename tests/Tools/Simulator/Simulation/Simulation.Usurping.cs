using RaftActors.Core;

namespace RaftActors.Simulator;

/// <content>Faults after which two processes believe that they lead.</content>
internal sealed partial class Simulation
{
    private void Usurp(SimulatedProcess leader, Prng prng, long lasts)
    {
        (_usurped, _burstUntil) = (leader, _now + lasts);
        switch (prng.Between(1, 7))
        {
            case 1:
                IsolateFor(leader, lasts);
                ForOthers(leader, process => Step(process, new Input.PeerUnreachable(leader.Name)));
                break;
            case 2:
                StartOthersAgain(leader, prng, lasts);
                break;
            case 3:
                Step(leader, new Input.Transfer(null));
                After(prng.Between(1, 3000), () => IsolateFor(leader, lasts));
                break;
            case 4 or 7:
                // Replies to its earlier messages arrive after the others had time for an election.
                (_network.Delays, _network.DelayMax) = (70, 25_000);
                After(prng.Between(4000, 12_000), () =>
                {
                    _network.Delays = 0;
                    MuteFor(leader, lasts);
                });
                break;
            case 5:
                IsolateFor(leader, lasts);
                After(lasts - 2000, () => ForOthers(leader, process => TakeSnapshot(process, prng)));
                break;
            default:
                IsolateFor(leader, lasts);
                break;
        }
    }

    /// <summary>
    /// A process that is cut off from the leader asks the others for votes, and they refuse. Then the others restart, and the leader is
    /// cut off from all.
    /// </summary>
    private void StartOthersAgain(SimulatedProcess leader, Prng prng, long lasts)
    {
        var usurper = _processes[prng.Between(0, _plan.Size - 1)];
        var (count, links) = (_processes.Count, new bool[_processes.Count * _processes.Count]);
        links[(leader.Number * count) + usurper.Number] = links[(usurper.Number * count) + leader.Number] = true;
        var wait = (2 + leader.Options.ElectionTimeoutMaxTicks) * 1000L;
        _quietUntil = _now + wait; // Otherwise its log falls behind, and they refuse it for that.
        CutFor(links, wait + lasts);
        After(wait, () =>
        {
            _burstUntil = _now + lasts;
            IsolateFor(leader, lasts);
            ForOthers(leader, process =>
            {
                if (process != usurper)
                {
                    Crash(process);
                    StartLater(process, prng.Between(1, 1000));
                }
            });
        });
    }

    private void Strand(SimulatedProcess leader, Prng prng, long lasts)
    {
        var (count, links) = (_processes.Count, new bool[_processes.Count * _processes.Count]);
        var reach = prng.Between(0, 60);
        for (var other = 0; other < count; other++)
        {
            links[(leader.Number * count) + other] = !prng.Chance(reach);
            links[(other * count) + leader.Number] = prng.Chance(30);
        }

        CutFor(links, lasts);
        if (prng.Chance(70))
        {
            After(lasts, () => CrashBriefly(leader));
        }
    }

    /// <summary>Cuts all links from a process. It still receives replies.</summary>
    private void MuteFor(SimulatedProcess one, long lasts)
    {
        var (count, links) = (_processes.Count, new bool[_processes.Count * _processes.Count]);
        for (var other = 0; other < count; other++)
        {
            links[(one.Number * count) + other] = true;
        }

        CutFor(links, lasts);
    }

    private void IsolateFor(SimulatedProcess one, long lasts)
    {
        var (count, links) = (_processes.Count, new bool[_processes.Count * _processes.Count]);
        for (var other = 0; other < count; other++)
        {
            links[(one.Number * count) + other] = links[(other * count) + one.Number] = true;
        }

        CutFor(links, lasts);
    }

    private void CutFor(bool[] links, long lasts)
    {
        if (_isHealed)
        {
            return;
        }

        _network.Cut(links, 1);
        After(lasts, () =>
        {
            if (!_isHealed)
            {
                _network.Cut(links, -1);
            }
        });
    }

    private void ForOthers(SimulatedProcess one, Action<SimulatedProcess> act)
    {
        foreach (var process in _processes)
        {
            if (process != one && process.IsRunning && !process.IsPaused && !_isHealed)
            {
                act(process);
            }
        }
    }
}
