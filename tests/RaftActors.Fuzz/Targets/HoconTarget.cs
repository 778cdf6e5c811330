using System.Text;

using Akka.Configuration;

namespace RaftActors.Fuzz.Targets;

/// <summary>Texts in HOCON, with all getters on what they hold. Includes find two small files.</summary>
internal sealed class HoconTarget : Target
{
    private const string Document =
        """"
        # A comment
        include "first.conf"
        akka { actor.provider = remote, loglevel = "OFF" // another
          remote.dot-netty.tcp { port = 0, hostname = "gr\u00f6\"sse" } }
        raft.roster = ["raft1@node1", raft2@node2
          ${?NONE}]
        raft { tick = 10ms, size = 4 MiB, ratio = 1.5e3 }
        raft.tick = ${raft.tick}
        path = ${raft.size} and ${?path} text
        a = { b = 1 } { c = ${raft} }
        a = ${a} { d = [1, [2, {e = null}]] }
        list.0 = x, list.1 = on
        text = """three
         "quotes" """

        """";

    private static readonly string[] Values =
    [
        "a = 1\nb = ${a}\n", "a = [1] ${b}\nb = [${?c}]", "a = x\na = ${a} y\na = ${a} z", "{ \"k.e y\" : [ ], }",
        "#line 12 \"node1.conf\"\na : {", "a.b.c = {}\na.b = ${a.b.c}", "x = infinite, y = 1 d, z = 99999999999 GiB",
        "include \"none.conf\"",
    ];

    private static readonly Lazy<string> Folder = new(MakeFolder);

    public override string Name => "hocon";

    public override string Reads => "ConfigurationFactory.ParseString of the embedded runtime";

    // The resolver allows all substitutions together to stand for 4 Mi characters.
    public override int BytesMin => 32 << 20;

    // A character is a node, an entry of a dictionary and a piece of text with a place.
    public override int BytesPerByte => 2048;

    public override IReadOnlyList<byte[]> Words { get; } = TextWords.Of(
        "{", "}", "[", "]", "a{", "a=[", "{a=", ",", "\n", "=", ":", "\"", "\"\"\"", "${", "${?", "${a}", "${?a}",
        "a=${a}\n", "a=${?a}x\n", "a=${a}${a}\n",
        "b=${a}\n", "a=${b}${b}\n", "a.", ".a", "a.a.a.a", "include \"first.conf\"\n", "#", "//",
        "#line 1 \"first.conf\"\n", "null", "1e9", "ms",
        "\\u0000", "+=", "\uFEFF", " ", "\t", "\0");

    public override IEnumerable<byte[]> Seeds() => [.. new[] { Document }.Concat(Values).Select(Encoding.UTF8.GetBytes)];

    public override object Read(byte[] input) =>
        ConfigurationFactory.ParseString($"#line 1 \"{Folder.Value}/main.conf\"\n" + Encoding.UTF8.GetString(input));

    public override void Check(object read)
    {
        var config = (Config)read;
        var text = config.ToString(includeFallback: true);
        DemandEqual(text, ConfigurationFactory.ParseString(text).ToString(), "A configuration changes when it is written again");
        foreach (var key in config.AsEnumerable().Select(entry => entry.Key).Take(8))
        {
            Get(config, $"\"{key}\"");
        }
    }

    public override bool IsRefusal(Exception e) => e is ConfigurationException;

    private static void Get(Config config, string path)
    {
        Action[] getters =
        [
            () => config.GetString(path), () => config.GetInt(path), () => config.GetLong(path), () => config.GetDouble(path),
            () => config.GetBoolean(path), () => config.GetTimeSpan(path), () => config.GetByteSize(path),
            () => config.GetStringList(path), () => config.GetConfig(path), () => config.HasPath(path),
        ];
        foreach (var getter in getters)
        {
            try
            {
                getter();
            }
            catch (ConfigurationException)
            {
                // A value of another kind.
            }
        }
    }

    private static string MakeFolder()
    {
        var folder = Directory.CreateTempSubdirectory("raftactors-fuzz-").FullName;
        File.WriteAllText(Path.Combine(folder, "first.conf"), "first { a = 1 }\ninclude \"second.conf\"\nraft.size = 5 MiB\n");
        File.WriteAllText(Path.Combine(folder, "second.conf"), "second = [a, b]\n");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
