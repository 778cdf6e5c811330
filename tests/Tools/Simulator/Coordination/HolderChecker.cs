using RaftActors.Coordination;

namespace RaftActors.Simulator.Coordination;

/// <summary>Compares at each moment the locks that programs believe to hold with the group and with each other.</summary>
internal sealed class HolderChecker(World world, CommittedLog log)
{
    private readonly List<(ClientProgram Program, RaftLock Lock)> _held = [];
    private readonly Dictionary<string, long> _tokens = [];
    private readonly int[] _believed = new int[Setup.Locks.Length];

    public void OnAcquired(ClientProgram program, RaftLock acquired)
    {
        world.Trace($"{program.Name} has {acquired.Name} with the token {acquired.Token}");
        world.Require(
            log.WasGranted(acquired.Name, acquired.Token, program.Name),
            "token",
            $"{program.Name} was told {acquired.Token} for {acquired.Name}, which the group granted to another owner or to none");
        if (acquired.Name[^1] == '1')
        {
            world.Require(
                acquired.Token > _tokens.GetValueOrDefault(acquired.Name),
                "token",
                $"{program.Name} was told {acquired.Token} for {acquired.Name} after {_tokens.GetValueOrDefault(acquired.Name)}");
            _tokens[acquired.Name] = acquired.Token;
        }

        _held.Add((program, acquired));
    }

    public void OnReleased(RaftLock released) => _held.RemoveAll(each => each.Lock == released);

    /// <summary>A program is gone, so the checker asks its locks no more.</summary>
    public void OnDead(ClientProgram program) => _held.RemoveAll(each => each.Program == program);

    /// <summary>Asks the locks of all programs that run. One that stands still cannot ask.</summary>
    public void Check()
    {
        Array.Clear(_believed);
        foreach (var (program, each) in _held)
        {
            if (program.IsPaused || !each.IsHeld)
            {
                continue;
            }

            world.Require(
                log.IsHeld(each.Name, each.Token),
                "session",
                $"{program.Name} believes to hold {each.Name} with {each.Token}, and the group has ended the claim");
            var holders = ++_believed[Array.IndexOf(Setup.Locks, each.Name)];
            world.Require(
                holders <= each.Name[^1] - '0', "mutual exclusion", $"{holders} programs believe to hold {each.Name}");
        }
    }
}
