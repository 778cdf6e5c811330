using System.Globalization;
using System.Text.Json;

using RaftActors.Core;

using Spectre.Console;

namespace RaftActors.Cli.Client;

/// <summary>Formats a group's status: as text lines, as a coloured table for a terminal, and as JSON.</summary>
internal static class StatusView
{
    private static readonly string[] Heading = ["SERVER", "ROLE", "VOTES", "TERM", "SERIAL", "COMMIT", "LAG", "ADDRESS", "SINCE", "NOTE"];

    // A longer note is wrapped.
    private const int NoteWidthMin = 20;

    public static void WriteText(TextWriter output, GroupStatus group)
    {
        var table = new Table(Heading);
        foreach (var server in group.Servers)
        {
            table.Add(Cells(server, group));
        }

        table.WriteTo(output);
    }

    /// <param name="width">Columns of the terminal. On a narrow one the less important columns are left out.</param>
    public static Spectre.Console.Table ForTerminal(GroupStatus group, int width)
    {
        var rows = group.Servers.Select(server => Cells(server, group).Select(Printable.Of).ToArray()).ToArray();
        var widths = Heading.Select((_, column) => rows.Append(Heading).Max(row => row[column].Length)).ToArray();
        var note = Heading.Length - 1;
        var columns = Enumerable.Range(0, Heading.Length).ToList();
        foreach (var dispensable in (string[])["ADDRESS", "SINCE", "TERM", "COMMIT"])
        {
            if (columns.Sum(column => column == note ? NoteWidthMin : widths[column] + 1) > width)
            {
                columns.Remove(Array.IndexOf(Heading, dispensable));
            }
        }

        var table = new Spectre.Console.Table().Border(TableBorder.None);
        foreach (var column in columns)
        {
            var heading = new TableColumn(new Text(Heading[column], new Style(decoration: Decoration.Bold)));
            table.AddColumn(column == note ? heading : heading.Width(widths[column]));
        }

        foreach (var (row, server) in rows.Zip(group.Servers))
        {
            table.AddRow(columns.Select(column => new Text(row[column], new Style(ColourOf(server)))));
        }

        return table;
    }

    public static void WriteJson(TextWriter output, GroupStatus group)
    {
        foreach (var server in group.Servers)
        {
            JsonLine.Write(output, writer => Members(writer, server, group));
        }

        JsonLine.Write(output, writer =>
        {
            writer.WriteString("kind", "group");
            JsonLine.Text(writer, "leader", group.Leader?.ToString());
            writer.WriteNumber("commit", group.CommittedSerial);
            writer.WriteNumber("servers", group.Servers.Length);
            writer.WriteNumber("answered", group.Servers.Count(server => server.Status is not null));
            writer.WriteBoolean("healthy", group.IsHealthy);
            if (group.MaxQuorum is { } max)
            {
                writer.WriteNumber("maxQuorum", max);
            }
        });
    }

    private static string[] Cells(ServerStatus server, GroupStatus group) => server.Status is { } status
        ?
        [
            $"{server.Server}",
            RoleOf(server),
            VotesOf(server),
            $"{status.Term}",
            $"{status.Delivered}",
            $"{status.Committed}",
            $"{group.CommittedSerial - status.Delivered.Value}",
            AddressOf(server),
            status.RoleSince.ToLocalTime().ToString("yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture),
            server.Note ?? "",
        ]
        : [$"{server.Server}", RoleOf(server), VotesOf(server), "", "", "", "", AddressOf(server), "", server.Note ?? ""];

    private static string RoleOf(ServerStatus server) => server.Status?.Role switch
    {
        null => "unreachable",
        RaftRole.PreCandidate => "pre-candidate",
        var role => $"{role}".ToLowerInvariant(),
    };

    private static string VotesOf(ServerStatus server) => server.IsVoter switch
    {
        true => "yes",
        false => "no",
        null => "not a member",
    };

    private static string AddressOf(ServerStatus server) => string.Create(
        CultureInfo.InvariantCulture,
        $"{server.Server.Hostname}:{server.Server.Port}");

    private static Color ColourOf(ServerStatus server) => server.Status?.Role switch
    {
        null => Color.Red,
        RaftRole.Leader => Color.Green,
        RaftRole.Follower => Color.Default,
        _ => Color.Yellow,
    };

    private static void Members(Utf8JsonWriter writer, ServerStatus server, GroupStatus group)
    {
        writer.WriteString("kind", "server");
        writer.WriteString("server", $"{server.Server}");
        writer.WriteString("address", AddressOf(server));
        writer.WriteString("role", RoleOf(server));
        writer.WriteBoolean("member", server.IsVoter is not null);
        writer.WriteBoolean("votes", server.IsVoter is true);
        if (server.Status is { } status)
        {
            writer.WriteNumber("term", status.Term);
            writer.WriteNumber("serial", status.Delivered.Value);
            writer.WriteNumber("commit", status.Committed.Value);
            writer.WriteNumber("lag", group.CommittedSerial - status.Delivered.Value);
            writer.WriteString("since", status.RoleSince.UtcDateTime);
            JsonLine.Text(writer, "leader", status.Leader is { } leader ? ServerId.Show(leader) : null);
        }

        JsonLine.Text(writer, "note", server.Note);
    }
}
