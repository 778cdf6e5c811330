using Spectre.Console;
using Spectre.Console.Rendering;

namespace RaftActors.Cli.Client;

internal sealed class StatusTable(GroupReport group) : ITable
{
    // The note is wrapped rather than narrower than this. A narrow terminal leaves out other columns first.
    private const int NoteWidthMin = 20;

    public GroupReport Group => group;

    public void WriteText(TextWriter output) => Table.WriteText(output);

    public IRenderable ForTerminal(int width, int height)
    {
        var rows = Table;
        var heading = rows.Heading;
        var cells = rows.Rows.Select(rows.Cells).Append(heading).ToArray();
        var widths = heading.Select((_, column) => cells.Max(row => row[column].Length)).ToArray();
        var note = heading.Length - 1;
        var columns = Enumerable.Range(0, heading.Length).ToList();
        foreach (var dispensable in (string[])["ADDRESS", "SINCE", "TERM", "COMMIT"])
        {
            if (columns.Sum(column => column == note ? NoteWidthMin : widths[column] + 1) > width)
            {
                columns.Remove(Array.IndexOf(heading, dispensable));
            }
        }

        rows.Shape = (column, place) => column.Width = place == note ? null : widths[place];
        return rows.ForTerminal(columns);
    }

    public void WriteJson(TextWriter output)
    {
        Table.WriteJson(output);
        JsonLine.Write(
            output,
            ("kind", "group"),
            ("leader", group.Answers.Leader is { } leader ? Target.Show(leader) : null),
            ("commit", group.Committed),
            (Target.Nouns, group.Rows.Length),
            ("answered", group.Rows.Count(member => member.Status is not null)),
            ("healthy", group.IsHealthy),
            ("maxQuorum", group.Answers.Processes.MaxBy(status => status.Committed)?.MaxQuorum));
    }

    public static string RoleOf(RaftStatus? status) => status?.Role switch
    {
        null => "unreachable",
        RaftRole.PreCandidate => "pre-candidate",
        var role => $"{role}".ToLowerInvariant(),
    };

    public static Color ColourOf(RaftRole? role) => role switch
    {
        null => Color.Red,
        RaftRole.Leader => Color.Green,
        RaftRole.Follower => Color.Default,
        _ => Color.Yellow,
    };

    private Target Target => group.Target;

    private RowTable<MemberRow> Table => new(
        Target.Noun,
        group.Rows,
        new(Target.Noun.ToUpperInvariant(), Target.Noun, member => Target.Show(member.Name)),
        new("", "address", member => Target.AddressOf(member.Name, member.Status)),
        new("ROLE", "role", member => RoleOf(member.Status)),
        new("", "member", member => member.IsVoter is not null),
        new("VOTES", "votes", member => member.IsVoter is true, VotesOf),
        new("TERM", "term", member => member.Status?.Term),
        new("SERIAL", "serial", member => member.Status?.Delivered.Value),
        new("COMMIT", "commit", member => member.Status?.Committed.Value),
        new("LAG", "lag", member => group.Committed - member.Status?.Delivered.Value),
        new("ADDRESS", "", member => Target.AddressOf(member.Name, member.Status)),
        new("SINCE", "since", member => member.Status?.RoleSince.UtcDateTime, SinceOf),
        new("", "leader", member => member.Status?.Leader is { } leader ? Target.Show(leader) : null),
        new("NOTE", "note", member => group.NoteOf(member.Name)))
    {
        Colour = member => ColourOf(member.Status?.Role),
    };

    private static string? SinceOf(MemberRow member) =>
        member.Status?.RoleSince.ToLocalTime().ToString("yyyy/MM/dd HH:mm:ss");

    private static string VotesOf(MemberRow member) => member.IsVoter switch
    {
        true => "yes",
        false => "no",
        null => "not a member",
    };
}
