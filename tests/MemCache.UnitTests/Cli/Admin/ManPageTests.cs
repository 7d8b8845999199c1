using System.CommandLine;
using MemCache.Cli;
using Xunit;

namespace MemCache.UnitTests.Cli;

public class ManPageTests
{
    private static readonly Dictionary<string, string> Pages =
        ManPage.Of(Program.CreateRoot()).ToDictionary(page => page.FileName, page => page.Text);

    [Fact]
    public void Every_visible_command_has_a_page_with_all_its_options()
    {
        RootCommand root = Program.CreateRoot();
        foreach (Command command in root.Subcommands.Where(command => !command.Hidden))
        {
            string page = Pages[$"mmc-{command.Name}.1"];
            Assert.All(command.Options, option =>
                Assert.Contains(option.Name.Replace("-", "\\-", StringComparison.Ordinal), page, StringComparison.Ordinal));
        }

        Assert.Equal(root.Subcommands.Count(command => !command.Hidden) + 1, Pages.Count);
    }

    [Fact]
    public void No_line_of_text_is_taken_for_a_request_of_the_formatter()
    {
        string[] requests = [".TH", ".SH", ".TP", ".B"];
        foreach (string line in Pages.Values.SelectMany(page => page.Split('\n')))
        {
            if (line.Length > 0 && line[0] is '.' or '\'')
            {
                Assert.Contains(line.Split(' ')[0], requests);
            }
        }
    }

    [Fact]
    public void Every_command_and_option_says_what_it_does()
    {
        foreach (Command command in Program.CreateRoot().Subcommands.Where(command => !command.Hidden))
        {
            Assert.False(string.IsNullOrWhiteSpace(command.Description), command.Name);
            Assert.All(command.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description), option.Name));
        }
    }
}
