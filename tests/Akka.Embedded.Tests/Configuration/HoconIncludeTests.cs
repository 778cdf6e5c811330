using Akka.Configuration;

namespace Akka.Embedded.Tests.Configuration;

public sealed class HoconIncludeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hocon-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_included_file_is_found_beside_its_includer_and_later_values_override_it()
    {
        Write("inner/common.conf", "include \"more.conf\"\nname = common\nport = 1");
        Write("inner/more.conf", "{ more = ${name} }");

        var config = Parse("include \"inner/common.conf\"\nname = node1");

        Assert.Equal(("node1", 1, "node1"), (config.GetString("name"), config.GetInt("port"), config.GetString("more")));
    }

    [Fact]
    public void A_file_included_inside_an_object_gives_that_object_its_fields()
    {
        Write("common.conf", "b.c = 1\nb.c = ${a.b.c}2");

        Assert.Equal("12", Parse("a {\n  include \"common.conf\"\n  d = 3\n}").GetString("a.b.c"));
    }

    [Fact]
    public void An_error_in_an_included_file_names_that_file()
    {
        var file = Write("common.conf", "a = 1\nb }");

        var error = Assert.Throws<ConfigurationException>(() => Parse("include \"common.conf\""));

        Assert.StartsWith($"{file}:2:3: found '}}'", error.Message);
    }

    [Fact]
    public void A_file_that_includes_itself_is_refused()
    {
        Write("common.conf", "include \"other.conf\"");
        Write("other.conf", "\ninclude \"common.conf\"");

        var error = Assert.Throws<ConfigurationException>(() => Parse("include \"common.conf\""));

        Assert.Contains("other.conf:2:9:", error.Message);
        Assert.EndsWith("common.conf' includes itself.", error.Message);
    }

    private Config Parse(string text) => ConfigurationFactory.ParseString($"#line 1 \"{Path.Combine(_folder, "node1.conf")}\"\n{text}");

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }
}
