using Akka.Actor;

namespace RaftActors.Engine;

/// <summary>
/// Second processes with the name of one that runs, such as those of a node that was started twice. Logs each of them once, and shows it
/// in the status as long as it runs.
/// </summary>
internal sealed class DuplicateProcesses(EngineContext context)
{
    private const string Remedy =
        "A group has one process of a name: stop one of the two, or give its node a name of its own in raft.node.";

    private readonly Dictionary<ProcessName, (IActorRef Engine, string Detail)> _duplicates = [];

    // Why the group refuses this process, or null.
    private string? _nameTaken;

    private RaftProcess Process => context.Process;

    public void OnRefused(ProcessName name, IActorRef duplicate, IActorRef? running) => Note(
        name,
        duplicate,
        $"A second process called {name} runs at {context.NodeOf(duplicate)}. It is refused, because the first one, at "
            + $"{context.NodeOf(running)}, answers. {Remedy}");

    /// <summary>Notes that the group refuses this process, because another one has its name.</summary>
    public void OnNameTaken(string detail)
    {
        _nameTaken = detail;
        Show();
    }

    /// <summary>Ends that note, because a known leader shows that the group accepts this process.</summary>
    public void OnLeader()
    {
        if (_nameTaken is not null)
        {
            _nameTaken = null;
            Show();
        }
    }

    /// <summary>Notes a process that discovery found under this one's name.</summary>
    public void OnOwnName(IActorRef duplicate) => Note(
        Process.Name,
        duplicate,
        $"Another process called {Process.Name} runs at {context.NodeOf(duplicate)}, beside this one at {context.Network.Address}. "
            + Remedy);

    /// <summary>Forgets a duplicate that has become the process of its name, because the first one is gone.</summary>
    public void OnMet(ProcessName name, IActorRef engine) => Forget(name, duplicate => duplicate.Equals(engine));

    /// <summary>Forgets a process that no configuration names and that is unreachable.</summary>
    public void Forget(ProcessName name) => Forget(name, _ => true);

    /// <summary>Forgets the duplicates whose node or engine is gone.</summary>
    public void OnNews(PeerNews news)
    {
        switch (news)
        {
            case PeerNews.Unreachable(var name, var node):
                Forget(name, duplicate => duplicate.Path.Address.Equals(node));
                break;
            case PeerNews.Stopped(var name, var engine):
                Forget(name, duplicate => duplicate.Equals(engine));
                break;
        }
    }

    private void Note(ProcessName name, IActorRef duplicate, string detail)
    {
        if (_duplicates.TryGetValue(name, out var known) && known.Engine.Equals(duplicate))
        {
            return;
        }

        _duplicates[name] = (duplicate, detail);
        Show();
        context.Publish(new RaftEvent.NameTaken(Process.Settings.Group, Process.Name, name, detail));
    }

    private void Forget(ProcessName name, Predicate<IActorRef> isGone)
    {
        if (_duplicates.TryGetValue(name, out var known) && isGone(known.Engine))
        {
            _duplicates.Remove(name);
            Show();
        }
    }

    private void Show() => Process.Status = Process.Status with
    {
        NameConflict = _nameTaken ?? (_duplicates.Count == 0 ? null : string.Join(' ', _duplicates.Values.Select(each => each.Detail))),
    };
}
