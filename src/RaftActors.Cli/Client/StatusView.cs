using System.Globalization;
using System.Text.Json;

using RaftActors.Cli.Terminal;
using RaftActors.Core;

using Spectre.Console;

namespace RaftActors.Cli.Client;

/// <summary>Formats a group's status: as text lines, as a coloured table for a terminal, and as JSON.</summary>
internal static class StatusView
{
    private static readonly string[] Columns = ["ROLE", "VOTES", "TERM", "SERIAL", "COMMIT", "LAG", "ADDRESS", "SINCE", "NOTE"];

    // A longer note is wrapped.
    private const int NoteWidthMin = 20;

    public static void WriteText(TextWriter output, GroupReport group)
    {
        var table = new TextTable(HeadingOf(group));
        foreach (var member in group.Rows)
        {
            table.Add(Cells(member, group));
        }

        table.WriteTo(output);
    }

    /// <param name="width">Columns of the terminal. On a narrow one the less important columns are left out.</param>
    public static Table ForTerminal(GroupReport group, int width)
    {
        var heading = HeadingOf(group);
        var rows = group.Rows.Select(member => Cells(member, group).Select(Printable.Of).ToArray()).ToArray();
        var widths = heading.Select((_, column) => rows.Append(heading).Max(row => row[column].Length)).ToArray();
        var note = heading.Length - 1;
        var columns = Enumerable.Range(0, heading.Length).ToList();
        foreach (var dispensable in (string[])["ADDRESS", "SINCE", "TERM", "COMMIT"])
        {
            if (columns.Sum(column => column == note ? NoteWidthMin : widths[column] + 1) > width)
            {
                columns.Remove(Array.IndexOf(heading, dispensable));
            }
        }

        var table = new Table().Border(TableBorder.None);
        foreach (var column in columns)
        {
            var top = new TableColumn(new Text(heading[column], new Style(decoration: Decoration.Bold)));
            table.AddColumn(column == note ? top : top.Width(widths[column]));
        }

        foreach (var (row, member) in rows.Zip(group.Rows))
        {
            table.AddRow(columns.Select(column => new Text(row[column], new Style(ColourOf(member.Status?.Role)))));
        }

        return table;
    }

    public static void WriteJson(TextWriter output, GroupReport group)
    {
        foreach (var member in group.Rows)
        {
            JsonLine.Write(output, writer => Members(writer, member, group));
        }

        JsonLine.Write(output, writer =>
        {
            writer.WriteString("kind", "group");
            JsonLine.Text(writer, "leader", group.Answers.Leader is { } leader ? group.Target.Show(leader) : null);
            writer.WriteNumber("commit", group.Committed);
            writer.WriteNumber(group.Target.Nouns, group.Rows.Length);
            writer.WriteNumber("answered", group.Rows.Count(member => member.Status is not null));
            writer.WriteBoolean("healthy", group.IsHealthy);
            if (group.Answers.Processes.MaxBy(status => status.Committed)?.MaxQuorum is { } max)
            {
                writer.WriteNumber("maxQuorum", max);
            }
        });
    }

    /// <summary>The role of a process that answered with this status; null: it did not answer.</summary>
    public static string RoleOf(RaftStatus? status) => status?.Role switch
    {
        null => "unreachable",
        RaftRole.PreCandidate => "pre-candidate",
        var role => $"{role}".ToLowerInvariant(),
    };

    /// <summary>The colour of the row of a process.</summary>
    /// <param name="role">Null: it did not answer.</param>
    public static Color ColourOf(RaftRole? role) => role switch
    {
        null => Color.Red,
        RaftRole.Leader => Color.Green,
        RaftRole.Follower => Color.Default,
        _ => Color.Yellow,
    };

    private static string[] HeadingOf(GroupReport group) => [group.Target.Noun.ToUpperInvariant(), .. Columns];

    private static string[] Cells(MemberRow member, GroupReport group) =>
    [
        group.Target.Show(member.Name),
        RoleOf(member.Status),
        VotesOf(member),
        $"{member.Status?.Term}",
        $"{member.Status?.Delivered}",
        $"{member.Status?.Committed}",
        $"{group.Committed - member.Status?.Delivered.Value}",
        group.Target.AddressOf(member.Name, member.Status) ?? "",
        member.Status?.RoleSince.ToLocalTime().ToString("yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "",
        group.NoteOf(member.Name) ?? "",
    ];

    private static string VotesOf(MemberRow member) => member.IsVoter switch
    {
        true => "yes",
        false => "no",
        null => "not a member",
    };

    private static void Members(Utf8JsonWriter writer, MemberRow member, GroupReport group)
    {
        var target = group.Target;
        writer.WriteString("kind", target.Noun);
        writer.WriteString(target.Noun, target.Show(member.Name));
        JsonLine.Text(writer, "address", target.AddressOf(member.Name, member.Status));
        writer.WriteString("role", RoleOf(member.Status));
        writer.WriteBoolean("member", member.IsVoter is not null);
        writer.WriteBoolean("votes", member.IsVoter is true);
        if (member.Status is { } status)
        {
            writer.WriteNumber("term", status.Term);
            writer.WriteNumber("serial", status.Delivered.Value);
            writer.WriteNumber("commit", status.Committed.Value);
            writer.WriteNumber("lag", group.Committed - status.Delivered.Value);
            writer.WriteString("since", status.RoleSince.UtcDateTime);
            JsonLine.Text(writer, "leader", status.Leader is { } leader ? target.Show(leader) : null);
        }

        JsonLine.Text(writer, "note", group.NoteOf(member.Name));
    }
}
