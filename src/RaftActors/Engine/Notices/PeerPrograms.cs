using Akka.Event;

namespace RaftActors.Engine;

/// <summary>
/// Compares this process's program with those of the members that have the same logic version. Different JSON is a conflict, because the
/// values of one cannot be read by the other. A different build may be harmless, so it is only logged, for people who forgot to raise the
/// version.
/// </summary>
internal sealed class PeerPrograms(EngineContext context)
{
    private RaftProgram Own => context.Process.Settings.Program;

    public void OnPeer(ProcessName name, RaftProgram program)
    {
        Show();
        if (program.LogicVersion == Own.LogicVersion && program.Build != Own.Build)
        {
            context.Log.Info(
                "{Process} of group {Group}: {Peer} has logic version {Version}, too, in another build. Raise the version if HandleAppend "
                + "or the values have changed between the two.",
                context.Process.Name,
                context.Process.Settings.Group,
                name,
                Own.LogicVersion);
        }
    }

    /// <summary>Compares all, after an announcement or a change of members.</summary>
    public void Show()
    {
        context.Process.IsOlder = context.Configuration?.Names()
            .Any(name => context.Peers.ProgramOf(name)?.LogicVersion > Own.LogicVersion) == true;
        var others = context.Configuration?.Names().Where(IsContrary).Order().ToList() ?? [];
        var conflict = others.Count == 0
            ? null
            : $"{string.Join(", ", others)} and {context.Process.Name} have logic version {Own.LogicVersion}, and values of different "
                + "JSON. A type or a property is in one program only, so the other may be unable to read a value. Run one program on all "
                + "nodes, and raise LogicVersion with such a change.";
        if (conflict != context.Process.Status.ContractConflict)
        {
            context.Process.Status = context.Process.Status with { ContractConflict = conflict };
            if (conflict is not null)
            {
                context.Log.Warning(
                    "{Process} of group {Group}: {Conflict}", context.Process.Name, context.Process.Settings.Group, conflict);
            }
        }
    }

    private bool IsContrary(ProcessName name) => name != context.Process.Name
        && context.Peers.ProgramOf(name) is { } program
        && program.LogicVersion == Own.LogicVersion
        && program.Contracts != Own.Contracts;
}
