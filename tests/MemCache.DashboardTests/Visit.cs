using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace MemCache.DashboardTests;

/// <summary>One tab, with everything that it complained of and asked for.</summary>
public sealed partial class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentQueue<Uri> _requests = new();

    public Visit(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Request += (_, request) => _requests.Enqueue(new Uri(request.Url));
    }

    public IPage Page { get; }

    public IReadOnlyCollection<string> Complaints => _complaints;

    public IReadOnlyCollection<Uri> Requests => _requests;

    /// <summary>Opens the page and waits until it shows ranks.</summary>
    public async Task ShowAsync(string url, int rankCount)
    {
        await Page.GotoAsync(url + "/");
        await Assertions.Expect(Page.Locator(".segment")).ToHaveCountAsync(rankCount);
        await Assertions.Expect(Page.Locator("#status")).ToHaveTextAsync("serving");
    }

    /// <summary>Waits until the charts have lines.</summary>
    public async Task WaitForLinesAsync() =>
        await Assertions.Expect(Page.Locator(".plot .line").First).ToHaveAttributeAsync("d", Drawn());

    /// <summary>Presses Tab until something has the focus; the count of presses bounds it.</summary>
    public async Task TabToAsync(string selector)
    {
        var seen = new List<string>();
        for (int i = 0; i < 60; i++)
        {
            if (await Page.EvaluateAsync<bool>("selector => document.activeElement?.matches(selector) ?? false", selector))
            {
                return;
            }

            await Page.Keyboard.PressAsync("Tab");
            seen.Add(await Page.EvaluateAsync<string>("() => document.activeElement.outerHTML.slice(0, 80)"));
        }

        Assert.Fail($"Tab never reached {selector}:\n{string.Join('\n', seen)}");
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    [GeneratedRegex("L")]
    private static partial Regex Drawn();
}
